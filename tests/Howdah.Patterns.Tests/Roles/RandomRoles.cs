using System.Text.Json.Nodes;
using CsCheck;
using Howdah.Patterns.Roles;

namespace Howdah.Patterns.Tests.Roles;

/// <summary>Random wishes for roles, and the same as a file.</summary>
static class RandomRoles
{
    static readonly string[] Names = ["app", "owner", "reader", "writer", "a\"b", "select"];

    internal static readonly Gen<RoleSpec> Role =
        from flags in Gen.Bool.Array[6]
        from limit in Gen.Int[-1, 3]
        from until in OneOf<string?>(null, "2040-01-31T00:00:00.000000Z", "2041-01-31T00:00:00.000000Z")
        from settings in Settings
        from local in Settings
        from comment in OneOf<string?>(null, "", "it's")
        select RoleSpec.Plain with
        {
            Login = flags[0],
            Password = flags[0] && flags[1] ? new("generated", "") : null,
            Inherit = flags[2],
            CreateDb = flags[3],
            CreateRole = flags[4],
            Replication = flags[5],
            ConnectionLimit = limit,
            ValidUntil = until,
            Settings = settings,
            InDatabases = local.Count == 0 ? RoleSpec.Plain.InDatabases
                : new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> { ["shop"] = local },
            Comment = comment,
        };

    static Gen<IReadOnlyDictionary<string, IReadOnlyList<string>>> Settings =>
        from work in OneOf<string?>(null, "4MB", "8MB")
        from path in OneOf<string[]?>(null, ["public"], ["$user", "A,b"], [""])
        select (IReadOnlyDictionary<string, IReadOnlyList<string>>)Declared(work, path);

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static Dictionary<string, IReadOnlyList<string>> Declared(string? work, string[]? path)
    {
        var settings = new Dictionary<string, IReadOnlyList<string>>();
        if (work is not null)
            settings["work_mem"] = [work];
        if (path is not null)
            settings["search_path"] = path;
        return settings;
    }

    // Members only of roles further on in the list, so there are no circles.
    internal static readonly Gen<RolesSpec> Spec =
        from count in Gen.Int[0, Names.Length]
        from backwards in Gen.Bool
        let names = backwards ? Names.Reverse().ToArray() : Names
        from roles in Role.Array[count]
        from links in Gen.Bool.Array[Names.Length * Names.Length]
        from options in Gen.Bool.Array[3]
        select new RolesSpec("main", Enumerable.Range(0, count).ToDictionary(i => names[i], i => roles[i] with
        {
            MemberOf = [.. Enumerable.Range(i + 1, count - i - 1).Where(j => links[(i * Names.Length) + j])
                .Select(j => new MembershipSpec(names[j], options[0], options[1] ? null : options[2], options[2]))],
        }), ["shop"], [], ["shop"]);

    // JSON is YAML, and quotes every name.
    internal static string Yaml(RolesSpec spec) => $"howdah: 1\nestate: random\nSERVERS\nroles: {Json(spec).ToJsonString()}\n";

    internal static JsonObject Json(RolesSpec spec)
    {
        var roles = new JsonObject();
        foreach (var (name, role) in spec.Roles)
        {
            var each = new JsonObject
            {
                ["login"] = role.Login,
                ["inherit"] = role.Inherit,
                ["create_db"] = role.CreateDb,
                ["create_role"] = role.CreateRole,
                ["replication"] = role.Replication,
                ["connection_limit"] = role.ConnectionLimit,
                ["valid_until"] = role.ValidUntil ?? "infinity",
                ["settings"] = Json(role.Settings),
                ["in_databases"] = new JsonObject(role.InDatabases.Select(static local =>
                    KeyValuePair.Create(local.Key, (JsonNode?)Json(local.Value)))),
                ["member_of"] = new JsonArray([.. role.MemberOf.Select(Json)]),
            };
            if (role.Password is not null)
                each["password"] = "${generated}";
            if (role.Comment is not null)
                each["comment"] = role.Comment;
            roles[name] = each;
        }
        return roles;
    }

    static JsonObject Json(IReadOnlyDictionary<string, IReadOnlyList<string>> settings) => new(settings.Select(static setting =>
        KeyValuePair.Create(setting.Key, (JsonNode?)new JsonArray([.. setting.Value.Select(static value => (JsonNode)value)]))));

    static JsonObject Json(MembershipSpec wish)
    {
        var each = new JsonObject { ["role"] = wish.Role, ["admin"] = wish.Admin, ["set"] = wish.Set };
        if (wish.Inherit is { } inherit)
            each["inherit"] = inherit;
        return each;
    }
}
