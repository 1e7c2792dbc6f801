using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Queries;

static class QueriesInspector
{
    static readonly CatalogQuery Leaves = CatalogQuery.Load(typeof(QueriesInspector), "leaves.sql");

    internal static async Task<QueriesFacts> InspectAsync(QueriesSpec spec, Catalog catalog, CancellationToken token)
    {
        var names = spec.Queries.Values.SelectMany(static query => query.Prunes.Keys).Distinct().Select(static name =>
            QName.Parse(name)!.Value).ToList();
        if (names.Count == 0)
            return new(new Dictionary<QName, PrunedFacts>());
        var rows = await catalog.QueryAsync(Leaves, static row => (Table: new QName(row.GetString(0), row.GetString(1)),
            Key: row.IsDBNull(2) ? null : row.GetString(2),
            Leaf: row.IsDBNull(4) ? (QName?)null : new QName(row.GetString(3), row.GetString(4))), token,
            names.Select(static name => name.Schema).ToArray(), names.Select(static name => name.Name).ToArray());
        return new(rows.GroupBy(static row => (row.Table, row.Key)).ToDictionary(static table => table.Key.Table, static table =>
            new PrunedFacts(table.Key.Key, table.Select(static row => row.Leaf).OfType<QName>().ToHashSet())));
    }
}
