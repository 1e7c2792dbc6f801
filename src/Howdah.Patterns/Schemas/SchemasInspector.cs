using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Schemas;

static class SchemasInspector
{
    static readonly CatalogQuery Schemas = CatalogQuery.Load(typeof(SchemasInspector), "schemas.sql");
    static readonly CatalogQuery Extensions = CatalogQuery.Load(typeof(SchemasInspector), "extensions.sql");
    static readonly CatalogQuery Births = CatalogQuery.Load(typeof(SchemasInspector), "births.sql");
    static readonly CatalogQuery Owners = CatalogQuery.Load(typeof(SchemasInspector), "owners.sql");
    static readonly CatalogQuery Available = CatalogQuery.Load(typeof(SchemasInspector), "available.sql");

    internal static async Task<SchemasFacts> InspectAsync(SchemasSpec spec, Catalog catalog, CancellationToken token)
    {
        var schemas = await catalog.QueryAsync(Schemas, static row => (Name: row.GetString(0), Owner: row.GetString(1)), token,
            [spec.Schemas.Keys.ToArray()]);
        var births = (await catalog.QueryAsync(Births, static row => (Owner: row.GetString(0), Grantee: row.GetString(1)), token))
            .ToLookup(static row => row.Owner, static row => row.Grantee);
        var reach = (await catalog.QueryAsync(Owners, static row => (Name: row.GetString(0), Reached: row.GetBoolean(1)), token,
            [spec.Schemas.Values.Select(wish => wish.Owner ?? spec.Owner).Distinct().Order(StringComparer.Ordinal).ToArray()]))
            .ToDictionary(static row => row.Name, static row => row.Reached);
        var names = spec.Extensions.Keys.ToArray();
        if (names.Length == 0)
            return new(ByName(schemas, catalog), new Dictionary<string, ExtensionFacts>(), new Dictionary<string, IReadOnlyList<string>>(),
                births, reach, catalog.Server, catalog.Exists);
        var extensions = await catalog.QueryAsync(Extensions, static row =>
            (Name: row.GetString(0), Version: row.GetString(1), Schema: row.GetString(2),
            Movable: row.GetBoolean(3), Reachable: row.GetFieldValue<string[]>(4)), token, [names]);
        var available = await catalog.QueryAsync(Available, static row => (Name: row.GetString(0), Version: row.GetString(1)), token,
            [names]);
        return new(ByName(schemas, catalog),
            extensions.ToDictionary(row => row.Name, row => new ExtensionFacts(row.Version, row.Schema, row.Movable,
                catalog.Owned.Contains("extension", row.Name), row.Reachable)),
            available.GroupBy(row => row.Name)
                .ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.Select(row => row.Version)]),
            births, reach, catalog.Server, catalog.Exists);
    }

    static Dictionary<string, (string, bool)> ByName(IReadOnlyList<(string Name, string Owner)> schemas, Catalog catalog) =>
        schemas.ToDictionary(row => row.Name, row => (row.Owner, catalog.Owned.Contains("schema", row.Name)));
}
