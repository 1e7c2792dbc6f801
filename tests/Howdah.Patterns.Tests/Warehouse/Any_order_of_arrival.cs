using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Random events in random orders and batches end in the one history that they make, and in facts that point to it.</summary>
public sealed class Any_order_of_arrival
{
    const string Columns = "source, customer_id, born, name, segment, credit, effective_at, version, operation";

    static int Orders => Campaign.Full ? 2000 : 60;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Ends_in_one_history(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await FactsAsync(db);
        for (var order = 0; order < Orders; order++)
        {
            var seed = order * 7919 + major;
            var events = Events(new(order / 4 * 31 + 5)); // four orders of each set of events
            if (await RunAsync(db, events, seed) is { } wrong)
                Assert.Fail($"seed {seed}: {wrong}\n{await ShrinkAsync(db, events, seed)}");
        }
    }

    // One key in four is the same day and segment as another: what touches, repeats and moves is what goes wrong.
    static List<CustomerEvent> Events(Random random)
    {
        var events = new List<CustomerEvent>();
        for (var version = 1; version <= 4 + random.Next(10); version++)
        {
            var operation = random.Next(10) switch { < 7 => 'U', 7 or 8 => 'D', _ => 'R' };
            var e = new CustomerEvent($"c{random.Next(3)}", random.Next(8) * 10, version, operation, $"n{random.Next(3)}",
                $"s{random.Next(3)}");
            events.Add(e);
            if (random.Next(4) == 0)
                events.Add(e);
        }
        return events;
    }

    static async Task<string?> RunAsync(NpgsqlConnection db, IReadOnlyList<CustomerEvent> events, int seed)
    {
        var random = new Random(seed);
        var order = events.ToArray();
        random.Shuffle(order);
        await Star.RunAsync(db,
            "delete from dw.customer where sk > 0; delete from dw.customer_event; update dw.sales set customer_sk = -1");
        var batch = 0;
        for (var at = 0; at < order.Length; batch++)
        {
            var rows = order.Skip(at).Take(1 + random.Next(4)).ToList();
            at += rows.Count;
            await Star.LoadAsync(db, "customer", batch, Columns, string.Join(", ", rows.Select(static e => e.Row)));
        }
        var wanted = HistoryModel.Of(events);
        var seen = await Star.TextAsync(db, """
            select customer_id, name, segment,
              case valid_from when '-infinity' then 'first' else extract(day from valid_from - '2020-01-01 00:00+00')::int::text end,
              case valid_to when 'infinity' then 'open' else extract(day from valid_to - '2020-01-01 00:00+00')::int::text end
            from dw.customer where sk > 0
            """);
        if (string.Join('\n', seen.Split('\n').Order(StringComparer.Ordinal)) != wanted)
            return $"wanted\n{wanted}\nseen\n{seen}\nof {string.Join(' ', order.AsEnumerable())}";
        var astray = await Star.TextAsync(db, """
            select f.order_id from dw.sales f where customer_sk is distinct from coalesce((select sk from dw.customer c
              where (c.source, c.customer_id) = (f.source, f.customer_id) and valid_from <= order_date::timestamp at time zone 'UTC'
                and order_date::timestamp at time zone 'UTC' < valid_to), -1)
            """);
        var refused = await Star.TextAsync(db, "select message from howdah.quarantine");
        return astray.Length > 0 ? $"facts that point astray: {astray}" : refused.Length > 0 ? $"refused: {refused}" : null;
    }

    // Fewer events that still go wrong, one taken away at a time.
    static async Task<string> ShrinkAsync(NpgsqlConnection db, List<CustomerEvent> events, int seed)
    {
        string? last = null;
        for (var i = 0; i < events.Count;)
        {
            var fewer = events.Where((_, index) => index != i).ToList();
            if (await RunAsync(db, fewer, seed) is { } wrong)
                (events, last) = (fewer, wrong);
            else
                i++;
        }
        return $"the least that goes wrong: {last ?? "all of it"}";
    }

    static Task FactsAsync(NpgsqlConnection db) => Star.LoadAsync(db, "sales", 1,
        "order_id, line, order_date, ship_date, source, customer_id, shop_id, gift, channel, amount, quantity, price",
        string.Join(", ", from key in Enumerable.Range(0, 3)
                          from day in (int[])[0, 5, 15, 25, 30, 45, 60, 75]
                          select $"('o{key}', {day}, date '2020-01-01' + {day}, date '2020-01-01', 'web', "
                              + $"'c{key}', 1, true, 'x', 1, 1, 1)"));
}
