using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;

namespace Howdah.Patterns.Partitions.Listing;

/// <summary>A partition as it is listed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Holds">What it holds, in words.</param>
/// <param name="Rows">About how many rows, by the last statistics; null where there are none, or it is gone.</param>
/// <param name="Bytes">Its size on disk, indexes included; null where it is gone.</param>
/// <param name="Days">Its age: days since its end, below 0 where that is ahead; null where it has none.</param>
/// <param name="State"><c>ahead</c>, <c>current</c>, <c>past</c>, <c>due</c> (the next upkeep retires it), <c>in use</c> (no range),
/// <c>default</c>, <c>detaching</c>; of those that are gone <c>detached</c>, <c>dropped</c>, <c>archived</c> or <c>lost</c>.</param>
/// <param name="Archive">The manifest of its archive, in the folder of archives; null where there is none.</param>
public sealed record ListedPartition(string Name, string Holds, long? Rows, long? Bytes, int? Days, string State, string? Archive);

/// <summary>A table with its partitions.</summary>
/// <param name="Table">The table.</param>
/// <param name="By">The column it is partitioned by.</param>
/// <param name="Kind"><c>range</c>, <c>list</c> or <c>hash</c>.</param>
/// <param name="Problem">Why it has none, or they are not looked after; null where they are.</param>
/// <param name="Partitions">Its partitions, those that are gone first.</param>
public sealed record ListedTable(string Table, string By, string Kind, string? Problem, IReadOnlyList<ListedPartition> Partitions);

/// <summary>Lists partitions.</summary>
public static class PartitionList
{
    static readonly CatalogQuery Sizes = CatalogQuery.Load(typeof(PartitionList), "sizes.sql");
    static readonly CatalogQuery Gone = CatalogQuery.Load(typeof(PartitionList), "gone.sql");

    /// <summary>Lists the partitions of the declared tables; reads nothing but the catalog and Howdah's memory.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="table">Only this table, as <c>schema.name</c>; null for all.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ArgumentException">The table is not declared.</exception>
    public static async Task<IReadOnlyList<ListedTable>> ReadAsync(Session session, DatabaseSpec database, string? table,
        CancellationToken token)
    {
        if (PartitionsSpec.Read(new(session.Estate, session.Estate.Servers[database.Server], database)) is not { } spec)
            return [];
        if (table is not null && !spec.Tables.ContainsKey(table))
            throw new ArgumentException($"partitions of `{table}` are not declared; declared are {string.Join(", ", spec.Tables.Keys)}");
        spec = spec with { Tables = spec.Tables.Where(each => table is null || each.Key == table).ToDictionary() };
        using var fingerprint = new FingerprintBuilder();
        await using var catalog = await CatalogOpener.OpenAsync(session.Servers[spec.Server], spec.Database, fingerprint, token);
        var facts = await PartitionsInspector.InspectAsync(spec, catalog, token);
        var names = spec.Tables.Keys.Select(static name => QName.Parse(name)!.Value).ToList();
        var sizes = (await catalog.QueryAsync(Sizes, static row => (Name: new QName(row.GetString(0), row.GetString(1)),
            Rows: row.IsDBNull(2) ? (long?)null : row.GetInt64(2), Bytes: row.GetInt64(3)), token,
            names.Select(static name => name.Schema).ToArray(), names.Select(static name => name.Name).ToArray()))
            .ToDictionary(static row => row.Name, static row => (row.Rows, row.Bytes));
        var gone = (facts.Memory ? await catalog.QueryAsync(Gone, static row => (Table: row.GetString(0), Leaf: new ListedPartition(
            row.GetString(1), $"from {(row.IsDBNull(2) ? "the beginning" : row.GetString(2))} to {row.GetString(3)}",
            row.IsDBNull(5) ? null : row.GetInt64(5), null, null, row.GetString(4), row.IsDBNull(6) ? null : row.GetString(6))), token,
            [names.Select(static name => name.ToString()).ToArray()]) : []).ToLookup(static row => row.Table, static row => row.Leaf);
        return [.. spec.Tables.Select(each => Of(QName.Parse(each.Key)!.Value, each.Value, facts, sizes, gone))];
    }

    static ListedTable Of(QName table, PartitionWish wish, PartitionsFacts facts, Dictionary<QName, (long? Rows, long Bytes)> sizes,
        ILookup<string, ListedPartition> gone)
    {
        if (facts.Tables.GetValueOrDefault(table) is not { } seen)
            return new(table.Plain, wish.By, wish.Kind.Strategy(), "there is no such table yet", []);
        if (DividingProblems.Of(table, wish, seen, "") is { } problem)
            return new(table.Plain, seen.Key ?? wish.By, seen.Strategy, problem.Message, []);
        var clock = wish.ClockFor(seen);
        var today = facts.Today[wish.Zone];
        var due = wish.Old(seen, today).Select(static leaf => leaf.Name).ToHashSet();
        var live = seen.Leaves.OrderBy(leaf => wish.Kind == Kind.Number ? leaf.Numbers.From : leaf.Bounds.From.Ticks)
            .SelectMany(leaf => (IEnumerable<ListedPartition>)
                [Of(leaf, Holds(wish, clock, leaf), Days(wish, clock, today, leaf),
                    due.Contains(leaf.Name) ? "due" : State(wish, clock, today, seen, leaf)),
                 .. leaf.Leaves.Select(below => Of(below, $"  {Raw(below)}", null, below.IsDefault ? "default" : "in use"))]);
        ListedPartition Of(LeafFacts leaf, string holds, int? days, string state) => new(leaf.Name.Plain, holds,
            sizes.GetValueOrDefault(leaf.Name).Rows, sizes.GetValueOrDefault(leaf.Name).Bytes, days, leaf.Pending ? "detaching" : state,
            null);
        return new(table.Plain, wish.By, wish.Kind.Strategy(), null, [.. gone[table.ToString()], .. live]);
    }

    static string Holds(PartitionWish wish, Clock clock, LeafFacts leaf) => leaf.IsDefault ? new RestBound().Words
        : wish.Kind is Kind.Number ? new RangeBound(leaf.Low, leaf.High).Words
        : wish.Kind.IsTimed() ? new RangeBound(leaf.Low is null ? null : clock.Words(leaf.Bounds.From),
            leaf.High is null ? null : clock.Words(leaf.Bounds.To)).Words : Raw(leaf);

    static string Raw(LeafFacts leaf) => leaf.IsDefault ? new RestBound().Words : BoundText.Hash(leaf.Bound)?.Words
        ?? string.Join(", ", BoundText.Values(leaf.Bound).Select(static value => value ?? "NULL"));

    static int? Days(PartitionWish wish, Clock clock, DateOnly today, LeafFacts leaf) =>
        !wish.Kind.IsTimed() || leaf.IsDefault || leaf.High is null ? null : today.DayNumber - clock.DayOf(leaf.Bounds.To).DayNumber;

    static string State(PartitionWish wish, Clock clock, DateOnly today, TableFacts seen, LeafFacts leaf)
    {
        if (leaf.IsDefault)
            return "default";
        if (wish.Kind is Kind.List or Kind.Hash)
            return "in use";
        // A day is in the partition in which it begins.
        var (from, to) = wish.Kind == Kind.Number ? (leaf.Numbers.From > (seen.Highest ?? 0), leaf.Numbers.To <= (seen.Highest ?? 0))
            : (leaf.Bounds.From > clock.Begin(today), leaf.Bounds.To <= clock.Begin(today));
        return from ? "ahead" : to ? "past" : "current";
    }
}
