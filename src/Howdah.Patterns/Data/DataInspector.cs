using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Data;

static class DataInspector
{
    static readonly CatalogQuery Present = CatalogQuery.Load(typeof(DataInspector), "present.sql");

    internal static async Task<DataFacts> InspectAsync(DataSpec spec, Catalog catalog, CancellationToken token) =>
        new(await catalog.QueryAsync(Present, static row => row.GetBoolean(0), token) is [true]);
}
