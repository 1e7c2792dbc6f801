using System.Text.Json.Nodes;
using CsCheck;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>Random entries of <c>grants</c> and <c>default_privileges</c>.</summary>
static class RandomGrants
{
    static readonly string[] Keys =
    [
        "database", "schema", "tables", "tables", "columns", "columns", "all_tables", "sequences", "all_sequences", "functions",
        "functions", "all_functions", "types", "types", "parameters",
    ];

    internal static string[] Privileges(string key, int major) => key switch
    {
        "database" => ["connect", "create", "temporary"],
        "schema" or "schemas" => ["usage", "create"],
        "tables" or "all_tables" => ["select", "insert", "update", "delete", "truncate", "references", "trigger",
            .. (string[])(major >= 17 ? ["maintain"] : [])],
        "columns" => ["select", "insert", "update", "references"],
        "sequences" or "all_sequences" => ["usage", "select", "update"],
        "functions" or "all_functions" => ["execute"],
        "types" => ["usage"],
        _ => ["set", "alter system"],
    };

    /// <summary>The entries for one database; nobody's privileges on one thing stand in two of them.</summary>
    internal static Gen<JsonArray> Grants(Ground ground, IReadOnlyList<string> roles, int major) =>
        Grant(ground, [.. roles, "public"], major).Array[0, 10].Select(static all =>
        {
            var seen = new HashSet<string>();
            return new JsonArray([.. all.Where(each => each.Claims.ToList().TrueForAll(claim => !seen.Contains(claim))
                && each.Claims.All(seen.Add)).Select(static each => (JsonNode)each.Entry)]);
        });

    internal static Gen<JsonArray> Defaults(IReadOnlyList<string> roles, int major) =>
        (from what in Picks.One(["tables", "sequences", "functions", "types", "schemas"])
         from makers in Picks.Some([Ground.Owner, Ground.Owner, .. roles], 2)
         from owners in Picks.Once(2)
         from places in Picks.Some(Ground.AllSchemas, 2)
         from anywhere in Picks.Once(2)
         from grantees in Picks.Some([.. roles, "public"], 2)
         from privileges in Of(what, major)
         from grantable in Picks.Once(3)
         select Entry(what, owners ? null : makers, anywhere || what == "schemas" ? null : places, grantees, privileges, grantable))
        .Array[0, 5].Select(static all => new JsonArray([.. all.Select(static each => (JsonNode)each)]));

    static JsonObject Entry(string on, IReadOnlyList<string>? makers, IReadOnlyList<string>? places, IReadOnlyList<string> to,
        JsonArray privileges, bool grantable)
    {
        var entry = new JsonObject { ["to"] = List(to), ["on"] = on, ["privileges"] = privileges };
        if (makers is not null)
            entry["for"] = List(makers);
        if (places is not null)
            entry["in"] = List(places);
        if (grantable && !to.Contains("public"))
            entry["grantable"] = true;
        return entry;
    }

    static Gen<(JsonObject Entry, List<string> Claims)> Grant(Ground ground, IReadOnlyList<string> grantees, int major) =>
        from key in Picks.One([.. Keys.Where(key => key is not ("sequences" or "functions" or "types")
            || ground.Things.Any(thing => thing.Key == key))])
        from target in On(ground, key)
        from to in Picks.Some(grantees, 2)
        from privileges in Of(key, major)
        from grantable in Picks.Once(3)
        select (Wish(target.On, to, privileges, grantable),
            target.Claims.SelectMany(_ => to, static (thing, role) => $"{thing} {role}").ToList());

    static JsonObject Wish(JsonObject on, IReadOnlyList<string> to, JsonArray privileges, bool grantable)
    {
        var wish = new JsonObject { ["to"] = List(to), ["on"] = on.DeepClone(), ["privileges"] = privileges };
        if (grantable && !to.Contains("public"))
            wish["grantable"] = true;
        return wish;
    }

    static Gen<(JsonObject On, IReadOnlyList<string> Claims)> On(Ground ground, string key)
    {
        var things = ground.Things.Where(each => each.Key == (key == "columns" ? "tables" : key)).ToList();
        return key switch
        {
            "database" => Gen.Const((new JsonObject { [key] = true }, (IReadOnlyList<string>)[key])),
            "schema" => Picks.Some(Ground.AllSchemas, 2).Select(names => Named(key, names)),
            "all_tables" or "all_sequences" or "all_functions" => Picks.Some(Ground.Schemas, 2).Select(names => Named(key, names)),
            "parameters" => Picks.Some(["work_mem", "log_statement", "own.setting"], 2).Select(names => Named(key, names)),
            "columns" => from thing in Picks.One(things)
                         from columns in Picks.Some(["id", "wh\"at"], 2)
                         select (new JsonObject { [key] = new JsonObject { [thing.Text] = List(columns) } },
                             (IReadOnlyList<string>)[.. columns.Select(column => $"{thing.Text} {column}")]),
            _ => Picks.Some(things, 2).Select(some => Named(key, [.. some.Select(static each => each.Text)])),
        };
    }

    static (JsonObject, IReadOnlyList<string>) Named(string key, IReadOnlyList<string> names) =>
        (new JsonObject { [key] = List(names) }, [.. names.Select(name => $"{key} {name}")]);

    static Gen<JsonArray> Of(string key, int major) =>
        from some in Picks.Some(Privileges(key, major), 3)
        from all in Picks.Once(4)
        select all ? new JsonArray("all") : List(some);

    internal static JsonArray List(IReadOnlyList<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);
}
