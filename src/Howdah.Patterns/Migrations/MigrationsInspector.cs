using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

static class MigrationsInspector
{
    static readonly CatalogQuery Present = CatalogQuery.Load(typeof(MigrationsInspector), "present.sql");
    static readonly CatalogQuery Applied = CatalogQuery.Load(typeof(MigrationsInspector), "applied.sql");

    static readonly CatalogQuery Surroundings = CatalogQuery.Load(typeof(MigrationsInspector), "surroundings.sql");
    static readonly CatalogQuery Invalid = CatalogQuery.Load(typeof(MigrationsInspector), "invalid.sql");

    internal static async Task<MigrationsFacts> InspectAsync(MigrationsSpec spec, Catalog catalog, CancellationToken token)
    {
        var has = await catalog.QueryAsync(Present, static row => row.GetBoolean(0), token) is [true];
        var applied = has
            ? await catalog.QueryAsync(Applied, static row =>
                new AppliedMigration(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3)), token)
            : [];
        var schemas = await catalog.QueryAsync(Surroundings, static row =>
            (Kind: row.GetString(0), Name: row.GetString(1), Of: row.GetString(2)), token);
        var invalid = await catalog.QueryAsync(Invalid, row => new InvalidIndex(new(row.GetString(0), row.GetString(1)),
            new(row.GetString(2), row.GetString(3)), row.GetString(4), row.GetBoolean(5), row.GetBoolean(6),
            catalog.Owned.Contains("index", row.GetString(0), row.GetString(1))), token);
        return new(has, applied,
            [.. schemas.Where(row => row.Kind == "schema").Select(row => (row.Name, row.Of))],
            [.. schemas.Where(row => row.Kind == "extension").Select(row => (row.Name, row.Of))],
            invalid, OurIndexes(catalog),
            schemas.Any(row => row.Kind == "floor"), new Dictionary<string, Rehearsal>());
    }

    static HashSet<QName> OurIndexes(Catalog catalog) =>
        [.. catalog.Owned.Identities.Where(static identity => identity.StartsWith("index ", StringComparison.Ordinal))
            .Select(static identity => QName.Parse(identity["index ".Length..])).OfType<QName>()];
}
