using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Tenancy.Leaves;

static class LeavesInspector
{
    static readonly CatalogQuery Leaves = CatalogQuery.Load(typeof(LeavesInspector), "leaves.sql");
    static readonly CatalogQuery Ran = CatalogQuery.Load(typeof(LeavesInspector), "ran.sql");

    internal static async Task<LeavesFacts> InspectAsync(TenancySpec spec, Catalog catalog, CancellationToken token)
    {
        var (schema, tenants, lacking, migrated) = (await catalog.QueryAsync(Leaves, static row => (row.GetBoolean(0), row.GetInt64(1),
            row.GetInt64(2), row.GetBoolean(3)), token, spec.Wanted.Tables.Select(static table => table.Schema).ToArray(),
            spec.Wanted.Tables.Select(static table => table.Name).ToArray()))[0];
        var ran = migrated && spec.Wanted.Partitioned && spec.Files.Count > 0
            ? await catalog.QueryAsync(Ran, static row => row.GetInt64(0), token, [spec.Files.Select(static file => file.Name).ToArray()])
            : [0];
        return new(schema, tenants, lacking, ran[0] < spec.Files.Count && spec.Files.Count > 0);
    }
}
