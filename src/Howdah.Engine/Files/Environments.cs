namespace Howdah.Engine.Files;

/// <summary>
/// <c>environments:</c>, overlays chosen with <c>--env</c>. They say where servers are, where secrets come from, and sizes; never who may
/// do what:
/// the security of an estate is the same everywhere, or proofs made in one place say nothing about another.
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
        foreach (var (key, value) in known)
            Check(key.Text, value, reading);
        if (environment is null)
            return root;
        var chosen = known.FirstOrDefault(entry => entry.Key.Text == environment)?.Value;
        if (chosen is MapNode overlay)
            return Lay(root, overlay, root.Path);
        if (chosen is null)
        {
            var near = Suggestion.Nearest(environment, known.Select(entry => entry.Key.Text));
            reading.Error(Codes.BadEnvironment, all ?? root, $"there is no environment `{environment}`",
                near is not null ? $"did you mean `{near}`?" : known.Count == 0 ? "declare it under environments:"
                    : $"environments here: {string.Join(", ", known.Select(entry => entry.Key.Text))}");
        }
        return root;
    }

    static void Check(string name, Node value, Reading reading)
    {
        if (value is not MapNode map)
        {
            if (value is not ScalarNode { IsNull: true })
                reading.Error(Codes.WrongType, value, $"`{name}` wants a mapping, not {NodeWords.Of(value)}");
            return;
        }
        foreach (var (key, part) in map.Entries)
        {
            if (!Everywhere.Contains(key.Text))
            {
                reading.Error(Codes.BadEnvironment, key, $"an environment may not change `{key.Text}`",
                    $"it may change {string.Join(", ", Everywhere)}");
                continue;
            }
            var allowed = key.Text switch { "roles" => OfRoles, "databases" => OfDatabases, _ => null };
            if (allowed is null)
                continue;
            foreach (var found in (part as MapNode)?.Entries.SelectMany(each => (each.Value as MapNode)?.Entries ?? [])
                .Where(each => !allowed.Contains(each.Key.Text)) ?? [])
            {
                reading.Error(Codes.BadEnvironment, found.Key, $"an environment may not change `{found.Key.Text}` of {key.Text}",
                    $"who may do what is the same everywhere; it may change {string.Join(", ", allowed)}");
            }
        }
    }

    // The overlay's values win. `connection` and `embedded` exclude each other, so one displaces the other.
    static MapNode Lay(MapNode below, MapNode above, string path)
    {
        var entries = below.Entries.ToList();
        foreach (var entry in above.Entries)
        {
            if (entry.Key.Text is "connection" or "embedded")
                entries.RemoveAll(each => each.Key.Text is "connection" or "embedded");
            var own = path.Length == 0 ? entry.Key.Text : $"{path}.{entry.Key.Text}";
            var at = entries.FindIndex(each => each.Key.Text == entry.Key.Text);
            var value = at >= 0 && entries[at].Value is MapNode lower && entry.Value is MapNode upper ? Lay(lower, upper, own)
                : entry.Value;
            if (at < 0)
                entries.Add(new(entry.Key, value));
            else
                entries[at] = entries[at] with { Value = value };
        }
        return below with { Entries = entries };
    }
}
