using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Rollups equal their facts whatever is written meanwhile: by several, into partitions, moved between buckets, deleted,
/// truncated.</summary>
public sealed class Rollups_under_writers
{
    const string Facts = """
        select date_trunc('month', order_date)::date, c.segment, c.name, count(*), sum(amount), max(price)
        from dw.sales f join dw.customer c on c.sk = f.customer_sk group by 1, 2, 3
        """;
    const string Rollup = "select bucket, customer_segment, customer_name, row_count, sum_amount, max_price from dw.sales_monthly";
    const string Weeks = "select date_trunc('week', day)::date, count(*), sum(clicks) from dw.click group by 1";

    public static TheoryData<int> Versions => Campaign.On(0);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task End_equal_to_recomputation_and_never_show_half(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.RunAsync(db, """
            set role shop_owner;
            create table dw.click_1 partition of dw.click for values from ('2024-01-01') to ('2024-02-01');
            create table dw.click_2 partition of dw.click for values from ('2024-02-01') to ('2024-03-01');
            reset role;
            """);
        using var done = new CancellationTokenSource();
        var refreshers = Enumerable.Range(0, 2).Select(_ => RefreshAsync(star, db.Database, done.Token)).ToList();
        var reader = ReadAsync(star, db.Database, done.Token);
        await Task.WhenAll([.. Enumerable.Range(0, 4).Select(writer => WriteAsync(star, db.Database, writer, major)),
            HistoryAsync(star, db.Database)]);
        await done.CancelAsync();
        await Task.WhenAll([.. refreshers, reader]);
        Assert.True(await reader > 0, "nobody read meanwhile");
        // What waits is in the tail already.
        Assert.Equal(await Star.TextAsync(db, Weeks), await Star.TextAsync(db, "select * from dw.click_weekly_live()"));
        await RefreshAsync(db);
        Assert.Equal(await Star.TextAsync(db, Facts), await Star.TextAsync(db, Rollup));
        Assert.Equal(await Star.TextAsync(db, Weeks), await Star.TextAsync(db, "select * from dw.click_weekly"));

        // Loads look after the statistics of a partitioned table, which nobody else does.
        const string Parent = "select reltuples >= 0 from pg_class where oid = 'dw.click'::regclass";
        Assert.Equal("(f)", await Star.TextAsync(db, Parent));
        await Star.LoadAsync(db, "click", 1, "click_id, day, source, customer_id, clicks",
            "(900001, '2024-01-07'::date, 'web', 'c1', 1), (900002, '2024-02-07', 'web', 'c1', -1)");
        Assert.Equal("(t)", await Star.TextAsync(db, Parent));
        await RefreshAsync(db);

        await Star.RunAsync(db, "truncate dw.click_1");
        await RefreshAsync(db);
        Assert.Equal(await Star.TextAsync(db, Weeks), await Star.TextAsync(db, "select * from dw.click_weekly"));
        // Rows that nobody was told of: attached with their table.
        await Star.RunAsync(db, """
            set role shop_owner;
            create table dw.click_3 (like dw.click including all);
            insert into dw.click_3 (click_id, day, clicks, batch) values (1, '2024-03-05', 7, 1);
            alter table dw.click attach partition dw.click_3 for values from ('2024-03-01') to ('2024-04-01');
            reset role;
            """);
        await RefreshAsync(db);
        await Star.RunAsync(db, "insert into dw.click_3 (click_id, day, clicks, batch) values (2, '2024-03-15', 7, 1)");
        await RefreshAsync(db);
        Assert.Contains("2024-03-11", await Star.TextAsync(db, "select * from dw.click_weekly"), StringComparison.Ordinal);
        Assert.Equal(await Star.TextAsync(db, Weeks), await Star.TextAsync(db, "select * from dw.click_weekly"));
        await Star.RunAsync(db, "truncate dw.sales");
        await RefreshAsync(db);
        Assert.Equal("", await Star.TextAsync(db, Rollup));
    }

    static Task RefreshAsync(NpgsqlConnection db) =>
        Star.RunAsync(db, "call dw.refresh_sales_monthly(); call dw.refresh_click_weekly()");

    static async Task RefreshAsync(Star star, string database, CancellationToken token)
    {
        await using var db = await star.Server.OpenAsync(database);
        while (!token.IsCancellationRequested)
            await AgainAsync(db, () => RefreshAsync(db));
    }

    // Two sums of one moment over one rollup: a reader that saw half of a refresh would see a sum that its rows do not have. Every click
    // comes
    // with its opposite in the same transaction and another bucket, so that the whole is always nought.
    static async Task<int> ReadAsync(Star star, string database, CancellationToken token)
    {
        await using var db = await star.Server.OpenAsync(database);
        var reads = 0;
        for (; !token.IsCancellationRequested; reads++)
            Assert.Equal("(0)", await Star.TextAsync(db, "select coalesce(sum(sum_clicks), 0) from dw.click_weekly"));
        return reads;
    }

    static async Task WriteAsync(Star star, string database, int writer, int seed)
    {
        var random = new Random(seed * 100 + writer);
        await using var db = await star.Server.OpenAsync(database);
        for (var i = 0; i < 40; i++)
        {
            var id = writer * 1000 + i;
            var day = random.Next(300);
            var old = writer * 1000 + random.Next(i + 1);
            // A row that a rolled-back transaction wrote is nobody's: it is told of in the same transaction.
            await AgainAsync(db, () => Star.RunAsync(db, $"""
                begin;
                insert into dw.sales (order_id, line, order_date, ship_date, source, customer_id, customer_sk,
                    shop_id, amount, price, batch)
                  select 'o', {id}, date '2024-01-01' + {day}, '2024-12-01', 'web', c.customer_id, c.sk, 1, {id}.25, {i}, 1
                  from dw.customer c where c.sk > 0 order by c.sk limit 1;
                insert into dw.click (click_id, day, clicks, batch) values ({id}, date '2024-01-01' + {day % 31}, {i}, 1);
                insert into dw.click_2 (click_id, day, clicks, batch) values ({id}, date '2024-02-01' + {day % 29}, -{i}, 1);
                commit;
                """));
            await AgainAsync(db, () => Star.RunAsync(db, random.Next(3) == 0 ? $"delete from dw.sales where line = {old}"
                : $"update dw.sales set order_date = order_date + 45, amount = amount * 2 where line = {old}"));
        }
    }

    // Members change by their load while facts come: names in place, segments by versions.
    static async Task HistoryAsync(Star star, string database)
    {
        await using var db = await star.Server.OpenAsync(database);
        for (var i = 0; i < 15; i++)
            await AgainAsync(db, () => Star.LoadAsync(db, "customer", i,
                "source, customer_id, born, name, segment, credit, effective_at, version",
                $"('web', 'c1', null, 'n{i}', 's{i % 3}', null, timestamptz '2024-01-01' + interval '{i * 7 % 11} months', {i})"));
    }

    // A deadlock is told to one of two, who does it again; nothing of it is left.
    static async Task AgainAsync(NpgsqlConnection db, Func<Task> work)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await work();
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && tries < 20)
            {
                await Star.RunAsync(db, "rollback");
            }
        }
    }
}
