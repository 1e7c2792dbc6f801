namespace Howdah.Engine.Files;

/// <summary>The shape of the whole file: the engine's own keys and those of the patterns.</summary>
static class EstateShape
{
    internal static Shape<Estate> For(IReadOnlyList<Pattern> patterns)
    {
        var sections = patterns.SelectMany(pattern => pattern.Sections).Distinct().ToList();
        return Shapes.Object<Estate>("an estate", keys =>
        {
            var version = keys.Required("howdah", new VersionShape(), "The format version of this file.", "1");
            var name = keys.Required("estate", Shapes.Name, "The estate's name; also the key of the lock that keeps two applies apart.",
                "shop");
            keys.Optional<object?>("include", new ReadBefore(Includes.Shape), null,
                "Other files, or globs of files, merged into this one; paths start at this file's folder.", example: "[access/*.yaml]");
            var servers = keys.Required("servers", Shapes.Map(Server(sections), "server"),
                "Where PostgreSQL runs.", "{ main: { embedded: 18 } }");
            var databases = keys.Optional("databases", Shapes.Map(Database(sections), "database"),
                new Dictionary<string, DatabaseDraft>(), "The databases of the estate.");
            keys.Optional<object?>("environments", new ReadBefore(null), null,
                "Overlays chosen with --env: where servers are and where secrets come from.",
                example: "{ production: { servers: { main: { connection: \"${env:SHOP_URL}\" } } } }");
            var mine = Add(keys, sections, SectionScope.Estate);
            return values =>
            {
                _ = values.Get(version);
                var all = values.Get(servers);
                var found = values.Get(databases).Select(each => Finish(each.Key, each.Value, [.. all.Keys], values));
                return new(values.Get(name), "", all.ToDictionary(each => each.Key, each => each.Value(each.Key)),
                    [.. found], mine(values), "");
            };
        });
    }

    static Shape<Func<string, ServerSpec>> Server(List<Section> sections) => Shapes.Object<Func<string, ServerSpec>>("a server", keys =>
    {
        var embedded = keys.Optional("embedded", Shapes.OptionalInt(15, 18), null,
            "Run PostgreSQL of this major version here, in the estate's state folder.", example: "18");
        var connection = keys.Optional<SecretRef?>("connection", Shapes.Secret(generated: false)!, null,
            "The connection string of the role that applies, as a reference.", example: "\"${env:SHOP_URL}\"");
        var mine = Add(keys, sections, SectionScope.Server);
        return values =>
        {
            if (values.Has(embedded) == values.Has(connection))
            {
                values.Reading.Error(Codes.Conflict, values.Node,
                    $"{NodeWords.Last(values.Node.Path)} needs one of `embedded` and `connection`",
                    "embedded: 18 runs a server here; connection: \"${env:NAME}\" names one that runs");
            }
            var (major, link, more) = (values.Get(embedded), values.Get(connection), mine(values));
            return name => new(name, major, link, more);
        };
    });

    static Shape<DatabaseDraft> Database(List<Section> sections) => Shapes.Object<DatabaseDraft>("a database", keys =>
    {
        var server = keys.Optional<string?>("server", Shapes.Ref("server")!, null,
            "The server it is on; may be left out where there is only one.", example: "main");
        var owner = keys.Required("owner", Shapes.Ref("role"),
            "The role that owns the database, its schemas and its tables.", "shop_owner", "ALTER DATABASE d OWNER TO r");
        var mine = Add(keys, sections, SectionScope.Database);
        return values => new(values.Get(server), values.Get(owner), mine(values), values.Node);
    });

    static DatabaseSpec Finish(string name, DatabaseDraft draft, List<string> servers, KeyValues values)
    {
        if (draft.Server is null && servers.Count != 1)
        {
            values.Reading.Error(Codes.MissingKey, draft.Node, $"the database `{name}` needs the key `server`",
                $"servers here: {string.Join(", ", servers)}");
        }
        return new(name, draft.Server ?? servers.FirstOrDefault() ?? "", draft.Owner, draft.Sections);
    }

    static Func<KeyValues, IReadOnlyDictionary<string, object>> Add(KeySet keys, List<Section> sections, SectionScope scope)
    {
        var readers = sections.Where(section => section.Scope == scope)
            .Select(section => (section.Key, Read: section.AddTo(keys))).ToList();
        return values =>
        {
            var found = new Dictionary<string, object>();
            foreach (var (key, read) in readers)
            {
                if (read(values) is { } value)
                    found[key] = value;
            }
            return found;
        };
    }

    sealed record DatabaseDraft(string? Server, string Owner, IReadOnlyDictionary<string, object> Sections, Node Node);

    // Includes and Environments have read these already.
    sealed class ReadBefore(Shape? shape) : Shape<object?>
    {
        public override string Wants => shape?.Wants ?? "overlays by name";
        public override Shape? Inner => shape;
        public override System.Text.Json.Nodes.JsonObject ToJsonSchema() => shape?.ToJsonSchema() ?? new() { ["type"] = "object" };
        public override object? Read(Node node, Reading reading) => null;
    }
}
