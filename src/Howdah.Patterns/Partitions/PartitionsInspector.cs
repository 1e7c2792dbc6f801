using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Aging;
using Npgsql;

namespace Howdah.Patterns.Partitions;

static class PartitionsInspector
{
    static readonly CatalogQuery Tables = CatalogQuery.Load(typeof(PartitionsInspector), "tables.sql");
    static readonly CatalogQuery Leaves = CatalogQuery.Load(typeof(PartitionsInspector), "leaves.sql");
    static readonly CatalogQuery Today = CatalogQuery.Load(typeof(PartitionsInspector), "today.sql");
    static readonly CatalogQuery Memory = CatalogQuery.Load(typeof(PartitionsInspector), "retiring_memory.sql");
    static readonly CatalogQuery Highest = CatalogQuery.Load(typeof(PartitionsInspector), "highest.sql");
    static readonly CatalogQuery Unique = CatalogQuery.Load(typeof(PartitionsInspector), "unique.sql");
    static readonly CatalogQuery Locks = CatalogQuery.Load(typeof(PartitionsInspector), "locks.sql");
    static readonly CatalogQuery Taken = CatalogQuery.Load(typeof(PartitionsInspector), "taken.sql");

    internal static async Task<PartitionsFacts> InspectAsync(PartitionsSpec spec, Catalog catalog, CancellationToken token)
    {
        var names = spec.Tables.Keys.Select(static name => QName.Parse(name)!.Value).ToList();
        var schemas = names.Select(static name => name.Schema).ToArray();
        var tables = names.Select(static name => name.Name).ToArray();
        var today = await catalog.QueryAsync(Today, static row => (Zone: row.GetString(0), Day: row.GetFieldValue<DateOnly>(1)), token,
            [spec.Tables.Values.Select(static wish => wish.Zone).Distinct().Order(StringComparer.Ordinal).ToArray()]);
        var taken = await catalog.QueryAsync(Taken, static row => (Schema: row.GetString(0), Name: row.GetString(1)), token,
            [schemas.Distinct().ToArray()]);
        var leaves = (await catalog.QueryAsync(Leaves, static row => (Parent: new QName(row.GetString(0), row.GetString(1)),
            Leaf: Leaf(row)), token, schemas, tables))
            .ToLookup(static row => row.Parent, static row => row.Leaf);
        var seen = await catalog.QueryAsync(Tables, row => (Name: new QName(row.GetString(0), row.GetString(1)),
            Partitioned: row.GetBoolean(2), Strategy: row.GetString(3), Key: row.IsDBNull(4) ? null : row.GetString(4),
            Type: row.GetString(5), Columns: row.GetFieldValue<string[]>(6), Bad: row.GetFieldValue<string[]>(7),
            Referrer: row.IsDBNull(8) ? null : row.GetString(8), Indexes: row.GetInt32(9)), token, schemas, tables);
        var locks = await catalog.QueryAsync(Locks, static row => row.GetInt64(0), token);
        var kept = await AgeInspector.InspectAsync(spec, catalog, token);
        LeafFacts Divided(LeafFacts leaf) => leaf.Strategy is null ? leaf : leaf with { Leaves = [.. leaves[leaf.Name]] };
        var unique = await UniqueAsync(spec, catalog, token);
        var highest = await HighestAsync(spec, catalog, token);
        var memory = await catalog.QueryAsync(Memory, static row => row.GetBoolean(0), token);
        return new(seen.ToDictionary(static row => row.Name, row => new TableFacts(row.Partitioned, row.Strategy, row.Key, row.Type,
                row.Columns, row.Bad, [.. leaves[row.Name].Select(Divided)])
                {
                    Referrer = row.Referrer,
                    Highest = highest.GetValueOrDefault(row.Name),
                    Unique = [.. unique[row.Name]],
                    Indexes = row.Indexes,
                }),
            // A database that is yet to be made has no clock.
            today.Count > 0 ? today.ToDictionary(static row => row.Zone, static row => row.Day)
                : spec.Tables.Values.Select(static wish => wish.Zone).Distinct().ToDictionary(static zone => zone, static zone =>
                    Clock.In(zone).DayOf(TimeProvider.System.GetUtcNow().UtcDateTime)),
            taken.ToLookup(static row => row.Schema, static row => row.Name), memory.Count > 0)
        {
            Kept = kept,
            Locks = locks.SingleOrDefault(),
        };
    }

    /// <summary>A partition as leaves.sql tells of it.</summary>
    internal static LeafFacts Leaf(NpgsqlDataReader row) => new(new(row.GetString(2), row.GetString(3)),
        new(row.IsDBNull(4) ? DateTime.MinValue : row.GetDateTime(4), row.IsDBNull(5) ? DateTime.MaxValue : row.GetDateTime(5)),
        row.GetBoolean(6), row.GetBoolean(7), row.GetFieldValue<string[]>(8))
    {
        Low = Text(row, 9),
        High = Text(row, 10),
        Bound = Text(row, 11),
        Strategy = Text(row, 12),
        Key = Text(row, 13),
    };

    static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    static async Task<ILookup<QName, UniqueFacts>> UniqueAsync(PartitionsSpec spec, Catalog catalog, CancellationToken token)
    {
        var divided = spec.Tables.Where(static each => each.Value.Within is not null)
            .Select(static each => QName.Parse(each.Key)!.Value).ToList();
        return (divided.Count == 0 ? [] : await catalog.QueryAsync(Unique, static row => (
            Name: new QName(row.GetString(0), row.GetString(1)),
            Index: new UniqueFacts(row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4))), token,
            divided.Select(static name => name.Schema).ToArray(), divided.Select(static name => name.Name).ToArray()))
            .ToLookup(static row => row.Name, static row => row.Index);
    }

    static async Task<IReadOnlyDictionary<QName, long?>> HighestAsync(PartitionsSpec spec, Catalog catalog, CancellationToken token)
    {
        var numbered = spec.Tables.Where(static each => each.Value.Numbers is not null)
            .Select(static each => (Name: QName.Parse(each.Key)!.Value, Range: each.Value.Numbers!)).ToList();
        if (numbered.Count == 0)
            return new Dictionary<QName, long?>();
        return (await catalog.QueryAsync(Highest, static row => (Name: new QName(row.GetString(0), row.GetString(1)),
            Highest: row.IsDBNull(2) ? (long?)null : row.GetInt64(2)), token,
            numbered.Select(static each => each.Name.Schema).ToArray(), numbered.Select(static each => each.Name.Name).ToArray(),
            numbered.Select(static each => each.Range.Step).ToArray(), numbered.Select(static each => each.Range.Sequence).ToArray()))
            .ToDictionary(static row => row.Name, static row => row.Highest);
    }
}
