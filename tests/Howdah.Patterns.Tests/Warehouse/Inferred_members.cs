using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Facts that come before their members: members are inferred and completed under the key they have, or the facts are refused,
/// and the order of facts and events does not matter.</summary>
public sealed class Inferred_members
{
    const string Customers = "source, customer_id, born, name, segment, credit, effective_at, version, operation";
    const string Calls = "call_id, called, source, customer_id, shop_id, minutes";

    static int Orders => Campaign.Full ? 500 : 20;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_completed_and_keep_their_key(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.LoadAsync(db, "sales", 1,
            "order_id, line, order_date, ship_date, source, customer_id, shop_id, gift, channel, amount, quantity, price",
            "('o1', 1, '2024-05-05'::date, '2024-05-06'::date, 'web', 'c1', null::int, true, 'app', 1.5, 2, 0.75)");
        Assert.Equal("(-1)", await Star.TextAsync(db, "select customer_sk from dw.sales"));
        // The member that one fact infers is every fact's; who has no key is nobody's.
        await Star.LoadAsync(db, "call", 2, Calls, """
            (1, '2024-05-05'::date, 'web', 'c1', 7, 3), (2, '2024-06-05', 'web', 'c1', 7, 3), (3, '2024-06-05', null, null, null, 3)
            """);
        Assert.Equal("(2,3,2,1)", await Star.TextAsync(db,
            "select batch, rows_loaded, inferred, repointed from dw.load_log where batch = 2"));
        Assert.Equal("(web,c1,,Unknown,Unknown,-infinity,infinity,t)", await Star.TextAsync(db,
            "select source, customer_id, born, name, segment, valid_from, valid_to, inferred from dw.customer where sk > 0"));
        Assert.Equal("(-1,-1)", await Star.TextAsync(db, "select customer_sk, shop_sk from dw.call where call_id = 3"));
        const string Keys = "select (select sk from dw.customer where sk > 0 order by valid_from limit 1), customer_sk from dw.sales";
        var key = await Star.TextAsync(db, Keys);
        await Star.RunAsync(db, "call dw.refresh_sales_monthly()");
        await Star.LoadAsync(db, "customer", 3, Customers, """
            ('web', 'c1', '1990-01-01', 'Ada', 'home', '10', '2024-01-01'::timestamptz, 1, 'U'),
            ('web', 'c1', '1990-01-01', 'Ada', 'office', '10', '2024-06-01', 2, 'U')
            """);
        Assert.Equal(key, await Star.TextAsync(db, Keys));
        Assert.Equal("(1,home,f)\n(2,office,f)\n(3,Unknown,f)", await Star.TextAsync(db,
            "select call_id, segment, inferred from dw.call join dw.customer on sk = customer_sk"));
        // The rollup heard of it.
        await Star.RunAsync(db, "call dw.refresh_sales_monthly()");
        Assert.Equal("(home,Ada)", await Star.TextAsync(db, "select customer_segment, customer_name from dw.sales_monthly"));
        // A shop's history begins with its first version, under the same key, and what happened before is nobody's.
        var shop = await Star.TextAsync(db, "select sk from dw.shop where sk > 0 and inferred");
        await Star.LoadAsync(db, "shop", 4, "shop_id, region, size, effective_at", "(7, 'North', 3, '2024-06-01'::timestamptz)");
        Assert.Equal(shop, await Star.TextAsync(db, "select sk from dw.shop where sk > 0 and not inferred"));
        Assert.Equal("(1,f)\n(2,t)", await Star.TextAsync(db, "select call_id, shop_sk > 0 from dw.call where call_id < 3"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Or_the_facts_wait_in_the_quarantine(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        const string Visits = "visit_id, visited, shop_id";
        const string Rows = "(1, '2024-05-05'::date, 7), (2, '2024-07-05', 7), (3, '2024-07-05', null)";
        await Star.LoadAsync(db, "visit", 1, Visits, Rows);
        Assert.Equal("(member,\"member: shop is not known for the fact's time\")",
            await Star.TextAsync(db, "select distinct rule, message from howdah.quarantine"));
        Assert.Equal("(3)", await Star.TextAsync(db, "select visit_id from dw.visit"));
        await Star.LoadAsync(db, "shop", 2, "shop_id, region, size, effective_at", "(7, 'North', 3, '2024-06-01'::timestamptz)");
        await Star.LoadAsync(db, "visit", 3, Visits, Rows);
        Assert.Equal("(3,1,1,1)", await Star.TextAsync(db,
            "select batch, rows_loaded, rows_unchanged, rows_quarantined from dw.load_log where batch = 3"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Whatever_comes_first_facts_and_history_end_the_same(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        for (var order = 0; order < Orders; order++)
        {
            var seed = order * 7919 + major;
            var random = new Random(order / 4 * 31 + 5); // four orders of each set
            var events = Enumerable.Range(1, 3 + random.Next(6)).Select(version => new CustomerEvent($"c{random.Next(4)}",
                random.Next(8) * 10, version, random.Next(8) switch { < 6 => 'U', 6 => 'D', _ => 'R' }, $"n{random.Next(3)}",
                $"s{random.Next(3)}")).ToList();
            var work = events.Select(static e => (Load: "customer", Columns: Customers, e.Row))
                .Concat(Enumerable.Range(0, 12).Select(static call => (Load: "call", Columns: Calls,
                    Row: $"({call}, date '2020-01-01' + {call * 7}, 'web', 'c{call % 4}', null::int, 1)"))).ToArray();
            new Random(seed).Shuffle(work);
            await Star.RunAsync(db, "delete from dw.call; delete from dw.customer where sk > 0; delete from dw.customer_event");
            foreach (var (index, (load, columns, row)) in work.Index())
                await Star.LoadAsync(db, load, index, columns, row);
            var seen = await Star.TextAsync(db, """
                select f.call_id, c.sk < 0, c.inferred, case when c.sk > 0 and not c.inferred then c.segment end
                from dw.call f join dw.customer c on c.sk = f.customer_sk
                """);
            Assert.Equal($"{seed}: {Wanted(events)}",
                $"{seed}: {string.Join('\n', seen.Split('\n').Order(StringComparer.Ordinal))}");
        }
    }

    // From first principles: the last word that the source said of the fact's day, or none yet.
    static string Wanted(List<CustomerEvent> events) => string.Join('\n', Enumerable.Range(0, 12).Select(call =>
    {
        var known = events.Where(e => e.Key == $"c{call % 4}").ToList();
        var days = known.GroupBy(static e => e.Day).Select(static day => day.MaxBy(static e => e.Version)!)
            .Where(static e => e.Operation != 'R').OrderBy(static e => e.Day).ToList();
        // The first version reaches back.
        var word = days.LastOrDefault(e => e.Day <= call * 7) ?? (days is [{ Operation: 'U' } first, ..] ? first : null);
        return known.Count == 0 ? $"({call},f,t,)" : word is { Operation: 'U' } ? $"({call},f,f,{word.Segment})" : $"({call},t,f,)";
    }).Order(StringComparer.Ordinal));
}
