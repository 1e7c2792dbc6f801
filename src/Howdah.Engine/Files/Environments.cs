namespace Howdah.Engine.Files;

/// <summary>
/// <c>environments:</c>, overlays chosen with <c>--env</c>. They say where servers are, where secrets come from, and sizes; never who may
/// do what: the security of an estate is the same everywhere, or proofs made in one place say nothing about another.
/// </summary>
static class Environments
{
    static readonly string[] Everywhere = ["servers", "roles", "databases"];
    static readonly string[] OfRoles = ["password", "connection_limit", "valid_until", "settings"];
    static readonly string[] OfDatabases = ["server", "connection_limit", "settings"];

    internal static MapNode Overlay(MapNode root, string? environment, Reading reading)
    {
        var all = root["environments"];
        if (all is not null and not MapNode)
            reading.Error(Codes.WrongType, all, $"`environments` wants a mapping, not {NodeWords.Of(all)}");
        var known = (all as MapNode)?.Entries ?? [];
        var before = reading.Diagnostics.Count;
        foreach (var (_, value) in known.Where(static entry => entry.Value is not ScalarNode { IsNull: true }))
            Check(value, root, reading);
        if (environment is null)
            return root;
        var chosen = known.FirstOrDefault(entry => entry.Key.Text == environment)?.Value;
        // What is wrong with an overlay is told; laid over all the same, it would be told again as mistakes of the whole.
        if (chosen is MapNode overlay && reading.Diagnostics.Count == before)
            return Lay(root, overlay);
        if (chosen is null)
        {
            var names = known.Select(entry => entry.Key.Text).ToList();
            var near = Suggestion.Nearest(environment, names);
            reading.Error(Codes.BadEnvironment, all ?? root, $"there is no environment `{environment}`",
                near is not null ? $"did you mean `{near}`?"
                : names.Count == 0 ? "declare it under environments:"
                : $"environments here: {string.Join(", ", names)}");
        }
        return root;
    }

    static void Check(Node environment, MapNode root, Reading reading)
    {
        foreach (var (part, things) in Entries(environment, reading))
        {
            if (!Everywhere.Contains(part.Text))
            {
                reading.Error(Codes.BadEnvironment, part, $"an environment may not change `{part.Text}`",
                    $"it may change {string.Join(", ", Everywhere)}");
                continue;
            }
            foreach (var (name, thing) in Entries(things, reading))
            {
                var kind = part.Text[..^1];
                if (part.Text != "servers" && (root[part.Text] as MapNode)?[name.Text] is null)
                {
                    reading.Error(Codes.BadEnvironment, name, $"an environment may not add the {kind} `{name.Text}`",
                        $"declare it under {part.Text}: for all environments");
                    continue;
                }
                var allowed = part.Text switch { "roles" => OfRoles, "databases" => OfDatabases, _ => null };
                foreach (var (key, value) in Entries(thing, reading))
                {
                    // Also where this environment is not the chosen one: the file is committed as a whole.
                    if (key.Text is "password" or "connection")
                        Shapes.Secret(generated: key.Text == "password").Read(value, reading);
                    if (allowed is null || allowed.Contains(key.Text))
                        continue;
                    reading.Error(Codes.BadEnvironment, key, $"an environment may not change `{key.Text}` of a {kind}",
                        $"who may do what is the same everywhere; it may change {string.Join(", ", allowed)}");
                }
            }
        }
    }

    // A scalar laid over a mapping would replace all of it, and nothing would replace it by nothing.
    static IReadOnlyList<MapEntry> Entries(Node node, Reading reading)
    {
        if (node is MapNode map)
            return map.Entries;
        reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants a mapping, not {NodeWords.Of(node)}");
        return [];
    }

    // The overlay's values win. `connection` and `embedded` exclude each other, so one displaces the other.
    static MapNode Lay(MapNode below, MapNode above)
    {
        var entries = below.Entries.ToList();
        foreach (var entry in above.Entries)
        {
            if (entry.Key.Text is "connection" or "embedded")
                entries.RemoveAll(static each => each.Key.Text is "connection" or "embedded");
            var at = entries.FindIndex(each => each.Key.Text == entry.Key.Text);
            var value = at >= 0 && entries[at].Value is MapNode lower && entry.Value is MapNode upper ? Lay(lower, upper) : entry.Value;
            if (at < 0)
                entries.Add(entry);
            else
                entries[at] = entries[at] with { Value = value };
        }
        return below with { Entries = entries };
    }
}
