using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Pipelines;

static class PipelinesInspector
{
    static readonly CatalogQuery Seen = CatalogQuery.Load(typeof(PipelinesInspector), "seen.sql");

    internal static async Task<PipelinesFacts> InspectAsync(PipelinesSpec spec, Catalog catalog, CancellationToken token)
    {
        var rows = await catalog.QueryAsync(Seen, static row => (Kind: row.GetString(0), Name: row.GetString(1), Role: row.GetString(2),
            Privilege: row.GetString(3)), token);
        var tables = rows.Where(static row => row.Kind == "table").Select(static row => row.Name).ToHashSet();
        return new(tables, [.. tables.Where(name => !catalog.Owned.Contains("table", "howdah", name)).Order(StringComparer.Ordinal)],
            rows.Any(static row => row.Kind == "index"),
            rows.Where(static row => row.Kind is "grant" or "column").Select(static row => new Right(row.Name, row.Role, row.Privilege))
                .ToHashSet(),
            rows.Where(static row => row.Kind == "usage").Select(static row => row.Role).ToHashSet());
    }
}
