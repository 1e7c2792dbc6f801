using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>What a complete copy lacks was deleted; what is not complete deletes nothing.</summary>
public sealed class Complete_copies
{
    const string Columns = "tariff, label, rate, effective_at";

    static int Orders => Campaign.Full ? 1000 : 40;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task End_in_one_history_whatever_their_order(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        for (var order = 0; order < Orders; order++)
        {
            var copies = Copies(new(order / 4 * 31 + 7)); // four orders of each set of copies
            var random = new Random(order * 7919 + major);
            var arrivals = copies.SelectMany(copy => random.Next(4) == 0 ? Halves(copy, random) : [copy]).ToArray();
            random.Shuffle(arrivals);
            await Star.RunAsync(db, "delete from dw.tariff where sk > 0; delete from dw.tariff_event; delete from dw.tariff_copy");
            foreach (var (copy, batch) in arrivals.Select(static (copy, batch) => (copy, batch)))
                await Star.LoadAsync(db, "tariff", batch, Columns, string.Join(", ", copy.Select(static e =>
                    $"('{e.Key}', '{e.Name}', '{e.Segment}', timestamptz '2020-01-01 00:00+00' + interval '{e.Day} days')")));
            var seen = await Star.TextAsync(db, """
                select tariff, label, rate,
                  case valid_from when '-infinity' then 'first' else extract(day from valid_from - '2020-01-01 00:00+00')::int::text end,
                  case valid_to when 'infinity' then 'open' else extract(day from valid_to - '2020-01-01 00:00+00')::int::text end
                from dw.tariff where sk > 0
                """);
            Assert.Equal($"order {order}\n{HistoryModel.Of(WithDeletions(copies))}",
                $"order {order}\n{string.Join('\n', seen.Split('\n').Order(StringComparer.Ordinal))}");
            Assert.Equal("", await Star.TextAsync(db, "select * from dw.load_log where target = 'tariff' and rows_read <> rows_loaded"
                + " + rows_unchanged + rows_quarantined"));
        }
    }

    // Five keys that come, change and go; a copy has one of them at least.
    static List<List<CustomerEvent>> Copies(Random random) =>
        [.. Enumerable.Range(1, 3 + random.Next(4)).Select(day => Enumerable.Range(0, 5).Where(key => key == day % 5 || random.Next(2) == 0)
            .Select(key => new CustomerEvent($"t{key}", day * 10, 0, 'U', $"n{random.Next(3)}", $"s{random.Next(2)}")).ToList())];

    // A copy that comes in two loads of one time: the second completes the first.
    static List<CustomerEvent>[] Halves(List<CustomerEvent> copy, Random random)
    {
        var cut = random.Next(copy.Count);
        return cut == 0 ? [copy] : [copy[..cut], copy[cut..]];
    }

    static IEnumerable<CustomerEvent> WithDeletions(List<List<CustomerEvent>> copies)
    {
        var known = new HashSet<string>();
        foreach (var copy in copies)
        {
            foreach (var e in copy)
                yield return e;
            foreach (var gone in known.Except(copy.Select(static e => e.Key)))
                yield return new(gone, copy[0].Day, 0, 'D', "", "");
            known.UnionWith(copy.Select(static e => e.Key));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Delete_nothing_where_they_are_not_complete(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        const string Ten = "('1', '2024-01-01'::timestamptz, 'U'), ('2', '2024-01-01', 'U'), ('3', '2024-01-01', 'U'), "
            + "('4', '2024-01-01', 'U'), ('5', '2024-01-01', 'U')";
        await Star.LoadAsync(db, "route", 1, "route, effective_at, operation", Ten);
        await SaysAsync("says what is there, not what was deleted", Ten.Replace("'U'", "'D'", StringComparison.Ordinal));
        await SaysAsync("is of one time", Ten.Replace("('5', '2024-01-01'", "('5', '2024-01-02'", StringComparison.Ordinal));
        await SaysAsync("a row is refused: key", Ten.Replace("'5'", "null", StringComparison.Ordinal));
        await SaysAsync("lacks 3 of 5 members, more than 20 of a hundred",
            "('1', '2024-02-01'::timestamptz, 'U'), ('2', '2024-02-01', 'U')");
        await Star.RunAsync(db, "insert into howdah.quarantine (batch, rule) values (2, 'type')");
        await SaysAsync("rows of it were refused before", Ten);
        Assert.Equal("(5)", await Star.TextAsync(db, "select count(*) from dw.route where sk > 0 and valid_to = 'infinity'"));
        // One of five may go, and comes again.
        await Star.LoadAsync(db, "route", 3, "route, effective_at", "('1', '2024-02-01'::timestamptz), ('2', '2024-02-01'), "
            + "('3', '2024-02-01'), ('4', '2024-02-01')");
        Assert.Equal("(5,2024-02-01)",
            await Star.TextAsync(db, "select route, valid_to::date from dw.route where sk > 0 and valid_to < 'infinity'"));
        Assert.Equal("(4,4,0)",
            await Star.TextAsync(db, "select rows_read, rows_loaded, rows_quarantined from dw.load_log where batch = 3"));

        async Task SaysAsync(string words, string values)
        {
            var error = await Assert.ThrowsAsync<PostgresException>(() =>
                Star.LoadAsync(db, "route", 2, "route, effective_at, operation", values));
            Assert.Contains(words, error.MessageText, StringComparison.Ordinal);
            Assert.NotNull(error.Hint);
            await Star.RunAsync(db, "rollback");
        }
    }
}
