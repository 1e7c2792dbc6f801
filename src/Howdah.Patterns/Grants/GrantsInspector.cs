using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Grants;

static class GrantsInspector
{
    static readonly CatalogQuery Acl = CatalogQuery.Load(typeof(GrantsInspector), "acl.sql");

    internal static async Task<GrantsFacts> InspectAsync(GrantsSpec spec, Catalog catalog, CancellationToken token)
    {
        var parameters = spec.Parameters.SelectMany(static grant => grant.On.Parameters).Distinct().Order(StringComparer.Ordinal).ToArray();
        var rows = await catalog.QueryAsync(Acl, static row => (
            Name: new ObjectName(Enum.Parse<ObjectKind>(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3)),
            Column: row.GetString(4), Owner: row.GetString(5), Grantee: row.IsDBNull(6) ? null : row.GetString(6),
            Given: row.IsDBNull(6) ? null : new Given(row.GetString(7), row.GetBoolean(8), row.GetString(9))), token,
            spec.Schemas.Keys.Order(StringComparer.Ordinal).ToArray(), parameters);
        var owners = new Dictionary<ObjectName, string>();
        foreach (var row in rows)
            owners[row.Name] = row.Owner;
        // Roles that another promise made for this database, such as the one of its tenants, have what that promise gave them.
        var given = rows.Where(row => row.Given is not null
                && !(row.Grantee!.StartsWith("howdah_", StringComparison.Ordinal) && catalog.Owned.Contains("role", row.Grantee)))
            .GroupBy(static row => (row.Name, row.Column, row.Grantee!))
            .ToDictionary(static group => group.Key, static IReadOnlyList<Given> (group) => [.. group.Select(static row => row.Given!)]);
        if (!catalog.Exists)
        {
            // What a new database is born with (template0, PostgreSQL 15 and later): everybody may look into schema public.
            var born = new ObjectName(ObjectKind.Schema, "", "public");
            owners[born] = "pg_database_owner";
            given[(born, "", "public")] = [new("usage", false, "pg_database_owner")];
        }
        return new(catalog.Server.Major, catalog.Exists, owners, given);
    }
}
