using CsCheck;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions;
using Howdah.Patterns.Partitions.Dividing;
using Howdah.Patterns.Partitions.Retiring;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions;

public sealed class Numbers_of_partitions
{
    static readonly Gen<(NumberRange Range, long Highest, int Premake, long Back)> Wishes = Gen.Select(Gen.Long[1, 1_000_000],
        Gen.Long[-1_000_000_000, 1_000_000_000], Gen.Int[1, 40], Gen.Long[0, 200]).Select(static wish =>
            (new NumberRange(wish.Item1, wish.Item2 - wish.Item4 * wish.Item1, null), wish.Item2, wish.Item3, wish.Item4));

    [Fact]
    public void An_empty_table_gets_ranges_without_gap_or_overlap_and_what_is_taken_out_again() => Wishes.SelectMany(static wish =>
        Gen.Int[0, int.MaxValue].Select(seed => (wish, seed))).Sample(static both =>
    {
        var ((range, highest, premake, back), seed) = both;
        var made = range.Missing(highest, premake, [], 1000, null, long.MaxValue);
        Assert.Equal(back + premake + 1, made.Count);
        Assert.True(made[0].From <= range.First && range.First < made[0].To);
        Assert.True(made[(int)back].From <= highest && highest < made[(int)back].To);
        Assert.All(made.Zip(made.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.Equal(made.Count, made.Select(NumberRange.Suffix).Distinct().Count());
        Assert.Empty(range.Missing(highest, premake, made, 1000, null, long.MaxValue));
        var gone = new HashSet<NumberBounds> { made[seed % made.Count], made[seed / 7 % made.Count] };
        Assert.Equal(gone, range.Missing(highest, premake, [.. made.Where(each => !gone.Contains(each))], 1000, null, long.MaxValue)
            .ToHashSet());
    }, iter: 1000);

    [Fact]
    public void Numbers_end_where_their_type_does()
    {
        var made = new NumberRange(1_000_000_000, null, null).Missing(int.MaxValue, 4, [], 1000, null, int.MaxValue);
        Assert.Equal(new RangeBound("2000000000", null), NumberRange.Bound(Assert.Single(made), int.MaxValue));
        Assert.Empty(new NumberRange(1_000_000_000, null, null).Missing(int.MaxValue, 4, [NumberRange.Parse("2000000000", null)], 1000,
            null, int.MaxValue));
        var last = new NumberRange(long.MaxValue / 2, null, null).Missing(long.MaxValue, 1, [], 9, null, long.MaxValue);
        Assert.Null(NumberRange.Bound(last[^1], long.MaxValue).High);
    }

    [Fact]
    public void An_adopted_table_keeps_its_odd_bounds_and_long_ones_cost_nothing()
    {
        var range = new NumberRange(10, null, null);
        Assert.Equal([new(1_000_000_000_007, 1_000_000_000_010), new NumberBounds(1_000_000_000_010, 1_000_000_000_020)],
            range.Missing(1_000_000_000_006, 1, [NumberRange.Parse(null, "1000000000007")], 1000, null, long.MaxValue));
        Assert.Empty(range.Missing(5, 1, [NumberRange.Parse(null, null)], 1000, null, long.MaxValue));
        Assert.Equal(["pm10", "p0"], ((NumberBounds[])[new(-10, 0), new(0, 10)]).Select(NumberRange.Suffix));
    }

    [Theory]
    [InlineData(2500L, null, 3, 0)] // 2000, 1000 and 0 are three
    [InlineData(3000L, null, 3, 1000)]
    [InlineData(2999L, 1000L, null, 1000)]
    [InlineData(3000L, 1000L, null, 2000)]
    [InlineData(3000L, 1001L, null, 1000)]
    [InlineData(3000L, 1L, 3, 1000)] // both: what keeps more
    [InlineData(-1L, 1L, null, -2000)] // below nought as above
    public void Retention_counts_whole_steps_from_the_highest(long highest, long? distance, int? keep, long cutoff)
    {
        var retention = new Retention(null, keep, Goal.Drop, null) { Distance = distance };
        var range = new NumberRange(1000, null, null);
        Assert.Equal(cutoff, retention.Cutoff(range, highest));
        LeafFacts[] leaves = [.. Enumerable.Range(-5, 12).Select(static n => new LeafFacts(new("a", $"p{n}"), default, false, false, [])
        {
            Low = $"{n * 1000}", High = $"{n * 1000 + 1000}",
        })];
        Assert.All(retention.Due(range, highest, leaves), leaf => Assert.True(leaf.Numbers.To <= cutoff));
        Assert.Empty(retention.Due(range, null, leaves));
    }

    [Theory]
    [InlineData(@"FOR VALUES IN ('ES', NULL, 'it''s, (a) \', E'tab\\', 7, true)", @"ES|∅|it's, (a) \|tab\|7|true")]
    [InlineData("DEFAULT", "")]
    public void Values_are_read_as_the_catalog_writes_them(string bound, string values) =>
        Assert.Equal(values, string.Join('|', BoundText.Values(bound).Select(static value => value ?? "∅")));

    [Fact]
    public void Hashes_are_whole_whatever_their_moduli()
    {
        static LeafFacts Leaf(int modulus, int remainder) => new(new("a", "b"), default, false, false, [])
        { Bound = $"FOR VALUES WITH (modulus {modulus}, remainder {remainder})" };
        var division = new Division("a", new Dictionary<string, IReadOnlyList<string?>>(), false, 4);
        Assert.Equal([0, 1, 2, 3], division.Missing([]).Select(static leaf => ((HashBound)leaf.Bound).Remainder));
        Assert.Equal([new HashBound(4, 2)], division.Missing([Leaf(2, 1), Leaf(4, 0)]).Select(static leaf => leaf.Bound));
        Assert.Null(division.Problem(new("a", "b"), [Leaf(2, 1), Leaf(4, 0)], ""));
        Assert.NotNull(division.Problem(new("a", "b"), [Leaf(2, 1), Leaf(2, 0)], ""));
    }

    [Theory]
    [InlineData(6400, true)]
    [InlineData(10_010, false)] // a table and 1,000 partitions, each with nine indexes
    public void More_locks_than_there_are_are_warned_of(long room, bool warned)
    {
        var wish = new PartitionWish("id", Span.Month, "UTC", 1, null, null) { Kind = Kind.Number, Numbers = new(10, null, null) };
        PartitionsSpec spec = new("main", "shop", "databases.shop.partitions", new Dictionary<string, PartitionWish> { ["app.t"] = wish });
        LeafFacts[] leaves = [.. Enumerable.Range(0, 1000).Select(static n =>
            new LeafFacts(new("app", $"t_p{n}0"), default, false, false, []) { Low = $"{n * 10}", High = $"{n * 10 + 10}" })];
        TableFacts table = new(true, "range", "id", "bigint", ["id"], [], leaves) { Highest = 9985, Indexes = 9 };
        PartitionsFacts facts = new(new Dictionary<QName, TableFacts> { [new("app", "t")] = table },
            new Dictionary<string, DateOnly> { ["UTC"] = new(2026, 11, 26) }, Enumerable.Empty<string>().ToLookup(static _ => "app"), true)
        { Locks = room };
        var delta = PartitionsDiffer.Diff(spec, facts);
        Assert.Empty(delta.Steps);
        Assert.Equal(warned, delta.Notes.Any(static note => note.Code == "HOW0913"
            && note.Message.Contains("locks 10,010 tables and indexes, and the server has room for 6,400", StringComparison.Ordinal)
            && note.Hint!.Contains("max_locks_per_transaction at least 2 times", StringComparison.Ordinal)));
    }

    [Fact]
    public void Uuids_are_the_least_of_their_millisecond()
    {
        var clock = Clock.Uuids("Europe/Madrid", new Dictionary<DateTime, string>());
        var begin = clock.Begin(new(2026, 3, 1));
        Assert.Equal("019ca67a-ed80-0000-0000-000000000000", clock.Text(begin));
        Assert.Equal("2026-03-01 00:00:00+01:00", clock.Words(begin));
        var seen = Guid.CreateVersion7(begin).ToString();
        Assert.Equal(seen, Clock.Uuids("Europe/Madrid", new Dictionary<DateTime, string> { [begin] = seen }).Text(begin));
        Assert.True(string.CompareOrdinal(clock.Text(begin), Guid.CreateVersion7(begin).ToString()) < 0);
        Assert.True(string.CompareOrdinal(Guid.CreateVersion7(begin.AddMilliseconds(-1)).ToString(), clock.Text(begin)) < 0);
    }
}
