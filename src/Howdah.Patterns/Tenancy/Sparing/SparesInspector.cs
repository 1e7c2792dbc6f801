using Howdah.Engine.Catalogs;
using Howdah.Patterns.Tenancy.Fanout;

namespace Howdah.Patterns.Tenancy.Sparing;

/// <summary>Reads which databases are made ahead.</summary>
static class SparesInspector
{
    static readonly CatalogQuery Present = CatalogQuery.Load(typeof(FanoutInspector), "present.sql");
    static readonly CatalogQuery Latest = CatalogQuery.Load(typeof(SparesInspector), "latest.sql");
    static readonly CatalogQuery Spares = CatalogQuery.Load(typeof(SparesInspector), "spares.sql");

    /// <summary>Reads them.</summary>
    /// <param name="catalog">Home's catalogs.</param>
    /// <param name="table">Whether the table of them is there.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<SparesFacts> InspectAsync(Catalog catalog, bool table, CancellationToken token)
    {
        if (!table)
            return SparesFacts.None;
        var latest = await catalog.QueryAsync(Present, static row => row.GetBoolean(0), token) is [true]
            ? (await catalog.QueryAsync(Latest, static row => row.GetString(0), token))[0] : "";
        return new(await catalog.QueryAsync(Spares, static row => new SpareFacts(row.GetString(0),
            row.IsDBNull(1) ? null : row.GetString(1), row.GetBoolean(2), row.GetString(3)), token), latest);
    }
}
