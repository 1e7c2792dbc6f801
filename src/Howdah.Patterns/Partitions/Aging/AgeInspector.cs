using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Aging;

/// <summary>Reads how partitions are kept, where that is declared.</summary>
static class AgeInspector
{
    static readonly CatalogQuery Kept = CatalogQuery.Load(typeof(AgeInspector), "kept.sql");

    internal static async Task<IReadOnlyDictionary<QName, KeptFacts>> InspectAsync(PartitionsSpec spec, Catalog catalog,
        CancellationToken token)
    {
        var aging = spec.Tables.Where(static each => each.Value.Ages.Count > 0)
            .Select(static each => QName.Parse(each.Key)!.Value).ToList();
        if (aging.Count == 0)
            return new Dictionary<QName, KeptFacts>();
        return (await catalog.QueryAsync(Kept, static row => (Name: new QName(row.GetString(0), row.GetString(1)),
            Kept: new KeptFacts(row.GetString(2), row.GetFieldValue<string[]>(3), Pairs(row.GetFieldValue<string[]>(4)),
                Pairs(row.GetFieldValue<string[]>(5)))), token, aging.Select(static name => name.Schema).ToArray(),
            aging.Select(static name => name.Name).ToArray())).ToDictionary(static row => row.Name, static row => row.Kept);
    }

    static IReadOnlyList<(string, string)> Pairs(string[] flat) => [.. flat.Chunk(2).Select(static pair => (pair[0], pair[1]))];
}
