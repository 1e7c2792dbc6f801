using System.Text.Json.Nodes;
using CsCheck;
using Howdah.Patterns.Roles;
using Howdah.Patterns.Tests.Roles;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>Random grounds, and random estates on them.</summary>
static class RandomEstates
{
    internal static Gen<Ground> Grounds { get; } =
        from both in Gen.Bool
        from there in Gen.Bool.Array[Ground.AllThings.Count]
        select new Ground(both ? Ground.AllDatabases : Ground.AllDatabases[..1],
            [.. Ground.AllThings.Where((thing, i) => there[i] || thing.Name.Name == Ground.Orders)]);

    /// <summary>A whole file but its servers.</summary>
    internal static Gen<JsonObject> On(Ground ground, int major) =>
        from roles in Roles(major)
        let names = roles.Select(static role => role.Key).ToList()
        from databases in Database(ground, names, major).Array[ground.Databases.Count]
        select Whole(ground, roles, databases);

    static JsonObject Whole(Ground ground, JsonObject roles, JsonObject[] databases)
    {
        // Who works for tenants may not be in the owner's place.
        foreach (var member in databases.SelectMany(static each => each["tenancy"]?["roles"]?.AsArray() ?? []))
        {
            if (roles[(string)member!]!["member_of"] is JsonArray memberships)
                memberships.Clear();
        }
        return new()
        {
            ["roles"] = roles.DeepClone(),
            ["databases"] = new JsonObject(ground.Databases.Zip(databases, static (name, each) =>
                KeyValuePair.Create(name, (JsonNode?)each.DeepClone()))),
        };
    }

    static Gen<JsonObject> Roles(int major) =>
        from spec in RandomRoles.Spec
        from insiders in Picks.Any(spec.Roles.Keys.ToList())
        select With(spec, insiders, major);

    static JsonObject With(RolesSpec spec, IReadOnlyList<string> insiders, int major)
    {
        // What 15 cannot serve is another test's business.
        var roles = RandomRoles.Json(spec with
        {
            Roles = spec.Roles.ToDictionary(static role => role.Key, role => role.Value with
            {
                MemberOf = [.. role.Value.MemberOf.Select(each => major >= 16 ? each : each with { Set = true, Inherit = null })],
            }),
        });
        foreach (var insider in insiders)
            roles[insider]!["member_of"]!.AsArray().Add((JsonNode)Ground.Owner);
        roles[Ground.Owner] = new JsonObject();
        return roles;
    }

    static Gen<JsonObject> Database(Ground ground, IReadOnlyList<string> roles, int major) =>
        from limit in Gen.Int[-1, 50]
        from zone in Picks.One<string?>([null, "UTC", "Asia/Kolkata"])
        from path in Picks.One<string[]?>([null, ["app", "public"], ["S p\"x"]])
        from owner in Picks.One<string?>([null, .. roles])
        from extensions in Picks.Any(Ground.Extensions)
        from places in Picks.One<string?>([null, "app", "plain", "public"]).Array[Ground.Extensions.Length]
        from grants in RandomGrants.Grants(ground, roles, major)
        from defaults in RandomGrants.Defaults(roles, major)
        from tenancy in Tenancy([.. roles.Where(static role => role != Ground.Owner)])
        select Of(limit, zone, path, owner, [.. extensions.Select(name => (name, places[Array.IndexOf(Ground.Extensions, name)]))],
            grants, defaults, tenancy);

    static JsonObject Of(int limit, string? zone, string[]? path, string? owner, (string Name, string? Place)[] extensions,
        JsonArray grants, JsonArray defaults, JsonObject? tenancy)
    {
        var settings = new JsonObject();
        if (zone is not null)
            settings["timezone"] = zone;
        if (path is not null)
            settings["search_path"] = RandomGrants.List(path);
        var schemas = new JsonObject(Ground.Schemas.Select(static name => KeyValuePair.Create(name, (JsonNode?)new JsonObject())))
        {
            ["plain"] = owner is null ? [] : new JsonObject { ["owner"] = owner },
        };
        var database = new JsonObject
        {
            ["owner"] = Ground.Owner,
            ["connection_limit"] = limit,
            ["settings"] = settings,
            ["schemas"] = schemas,
            ["extensions"] = new JsonObject(extensions.Select(static each => KeyValuePair.Create(each.Name,
                (JsonNode?)(each.Place is null ? [] : new JsonObject { ["schema"] = each.Place })))),
            ["migrations"] = "migrations",
            ["grants"] = grants.DeepClone(),
            ["default_privileges"] = defaults.DeepClone(),
        };
        if (tenancy is not null)
            database["tenancy"] = tenancy.DeepClone();
        return database;
    }

    static Gen<JsonObject?> Tenancy(IReadOnlyList<string> roles) => roles.Count == 0 ? Gen.Const((JsonObject?)null) :
        from none in Picks.Once(3)
        from serving in Picks.Some(roles, 2)
        from schemas in Picks.Some(Ground.Schemas, 2)
        from context in Picks.One<string?>([null, "app.tenant"])
        select none ? null : Tenancy(serving, schemas, context);

    static JsonObject Tenancy(IReadOnlyList<string> roles, IReadOnlyList<string> schemas, string? context)
    {
        var tenancy = new JsonObject
        {
            ["model"] = "rows",
            ["roles"] = RandomGrants.List(roles),
            ["tables"] = RandomGrants.List([.. Ground.AllThings
                .Where(thing => thing.Name.Name == Ground.Orders && schemas.Contains(thing.Name.Schema))
                .Select(static thing => thing.Text)]),
        };
        if (context is not null)
            tenancy["context"] = context;
        return tenancy;
    }
}
