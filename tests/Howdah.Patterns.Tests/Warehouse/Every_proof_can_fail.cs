using Howdah.Engine;
using Howdah.Patterns.Warehouse;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Each small corruption is seen by exactly the proofs that are about it; whatever changes a version is seen by the history,
/// too.</summary>
public sealed class Every_proof_can_fail
{
    const string NoExclusion = "alter table dw.customer drop constraint customer_overlap; ";

    static readonly (string Mutant, string Seen)[] Mutants =
    [
        ("update dw.load_log set rows_read = rows_read + 1 where batch = 3", "WAR-01"),
        ("delete from dw.sales where order_id = 'o0'", "WAR-01"),
        ("update dw.sales set amount = amount + 0.0001 where order_id = 'o2'", "WAR-02"),
        ("update dw.sales set flags_sk = 999 where order_id = 'o2'", "WAR-03"),
        ("delete from dw.shop where sk = -2", "WAR-04"),
        ("update dw.customer set valid_to = '2024-01-01' where sk = -1", "WAR-04"),
        (NoExclusion + "update dw.customer set valid_to = valid_to + interval '1 day' where segment = 'home' and name = 'Ada'",
            "WAR-05 WAR-09"),
        ("update dw.customer set valid_to = valid_to - interval '1 day' where segment = 'home' and name = 'Ada'", "WAR-06 WAR-09"),
        ("update dw.customer set valid_to = '2024-12-01' where segment = 'office'", "WAR-06 WAR-09"),
        (NoExclusion + "update dw.customer set valid_to = 'infinity' where segment = 'home' and name = 'Ada'", "WAR-05 WAR-07 WAR-09"),
        ("""
            update dw.customer set valid_to = '2024-03-01' where segment = 'home' and name = 'Ada';
            insert into dw.customer (source, customer_id, born, name, segment, credit, valid_from, valid_to)
            select source, customer_id, born, name, segment, credit, '2024-03-01', '2024-07-01'
            from dw.customer where segment = 'home' and name = 'Ada'
            """, "WAR-08 WAR-09"),
        ("update dw.customer set name = 'Eve' where name = 'Ada'", "WAR-09"),
        ("delete from dw.customer_event where name = 'Bob'", "WAR-09"),
        ("update dw.sales set customer_sk = (select sk from dw.customer where segment = 'home' and name = 'Ada') where order_id = 'o3'",
            "WAR-10"),
        ("update dw.sales set customer_sk = -1 where order_id = 'o3'", "WAR-10"),
        ("alter table dw.sales drop constraint sales_grain; update dw.sales set order_id = 'o2' where order_id = 'o3'", "WAR-11"),
        ("alter table dw.sales drop constraint sales_grain", "WAR-11"),
        ("update dw.sales_monthly set sum_amount = sum_amount + 0.0001 where bucket = '2024-02-01'", "WAR-18"),
        ("delete from dw.sales_monthly where bucket = '2024-02-01'", "WAR-18"),
        ("insert into dw.sales_monthly (bucket, row_count) values ('2024-03-01', 1)", "WAR-19"),
        ("delete from dw.calendar where day = '2029-02-28'", "WAR-23"),
        ("insert into dw.calendar select day + 1000, iso_year, iso_week, iso_weekday, year, quarter, month, day_of_month, day_of_year, "
            + "month_start, fiscal_year, fiscal_quarter, fiscal_month, is_weekend, holiday from dw.calendar where day = '2030-12-31'",
                "WAR-23"),
        ("update dw.calendar set iso_year = 2027 where day = '2027-01-01'", "WAR-23"),
        ("update dw.click_weekly_frozen set row_count = row_count + 1", "WAR-18 WAR-27"),
        ("update dw.click_weekly_frozen set sum_clicks = sum_clicks + 1", "WAR-18 WAR-27"),
        ("delete from dw.click_weekly_frozen; delete from dw.click_weekly", "WAR-27"),
        ("delete from dw.click_weekly_frozen", "WAR-19 WAR-27"),
        ("delete from dw.click_retired", "WAR-27"),
        ("update dw.customer set segment = 'home' where inferred", "WAR-26"),
        ("update dw.customer set valid_from = '2020-01-01' where inferred", "WAR-26"),
        ("update dw.customer set inferred = true where name = 'Bob'", "WAR-09 WAR-26"),
        ("insert into dw.visit (visited, visit_id, batch) select date '2020-01-01' + n * 7919 % 2000, n, 99 "
            + "from generate_series(1, 25000) n; analyze dw.visit", "WAR-28"),
        ("update dw.crew set weight = 0.3999 where worker = 'nobody'", "WAR-29 WAR-30"),
        ("alter table dw.worker drop constraint worker_overlap; update dw.worker set valid_to = 'infinity' where grade = 'new'",
            "WAR-05 WAR-07 WAR-09 WAR-30"),
        ("delete from dw.tariff_event where operation = 'D'; update dw.tariff set valid_to = 'infinity' where tariff = 'b'", "WAR-31"),
        ("delete from dw.stock where stock_date = '2024-02-29'", "WAR-32"),
        ("update dw.stock set stock_date = '2024-01-02' where stock_date = '2024-02-29'", "WAR-32"),
        ("select setval(pg_get_serial_sequence('dw.customer', 'sk'), 1)", "WAR-24"),
    ];

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task And_tells_the_mutant_from_the_sound_one(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        const string Customers = "source, customer_id, born, name, segment, credit, effective_at, version";
        await Star.LoadAsync(db, "customer", 1, Customers, """
            ('web', 'c1', '1990-01-01', 'Ada', 'home', '10', '2024-01-01'::timestamptz, 1),
            ('web', 'c1', '1990-01-01', 'Ada', 'office', '10', '2024-07-01', 2),
            ('web', 'c2', '1990-01-01', 'Bob', 'home', '10', '2024-01-01', 3)
            """);
        await Star.LoadAsync(db, "shop", 2, "shop_id, region, size, effective_at", "(7, 'North', 3, '2024-01-01'::timestamptz)");
        await Star.LoadAsync(db, "sales", 3,
            "order_id, line, order_date, ship_date, source, customer_id, shop_id, gift, channel, amount, quantity, price", """
            ('o0', 1, '2023-05-05'::date, '2023-05-06'::date, 'web', 'c1', 7, true, 'app', 0, 0, 0),
            ('o2', 1, '2024-02-05', '2024-05-06', 'web', 'c1', 7, false, null, 2.0001, 1, 2),
            ('o3', 1, '2024-08-05', '2024-08-06', 'web', 'c1', 7, false, null, 4, 1, 4)
            """);
        await Star.LoadAsync(db, "call", 4, "call_id, called, source, customer_id, shop_id, minutes",
            "(1, '2024-08-05'::date, 'web', 'c7', 7, 3)");
        await Star.LoadAsync(db, "worker", 6, "worker, grade, effective_at", """
            ('w1', 'new', '2024-01-01'::timestamptz), ('w1', 'old', '2024-07-01'), ('w2', 'new', '2024-01-01')
            """);
        await Star.LoadAsync(db, "crew", 7, "crew, worker, weight", "('a', 'w1', 0.3), ('a', 'w2', 0.3), ('a', 'nobody', 0.4)");
        await Star.LoadAsync(db, "job", 8, "job_id, done, crew, pay, pieces, rate",
            "(1, '2024-02-01'::date, 'a', 100.01, 7, 2), (2, '2024-08-01', 'a', 50, 1, 2), (3, '2024-08-01', 'none', 1, 1, 2)");
        await Star.LoadAsync(db, "tariff", 9, "tariff, rate, label, effective_at",
            "('a', '1', 'A', '2024-01-01'::timestamptz), ('b', '1', 'B', '2024-01-01')");
        await Star.LoadAsync(db, "tariff", 10, "tariff, rate, label, effective_at", "('a', '2', 'A', '2024-02-01'::timestamptz)");
        await Star.LoadAsync(db, "stock", 11, "stock_date, shop_id, pieces",
            "('2024-01-31'::date, 7, 3), ('2024-02-29', 7, 2), ('2024-03-31', 7, 2), ('2024-03-31', 8, 1)");
        await Star.RunAsync(db, """
            set role shop_owner;
            create table dw.click_1 partition of dw.click for values from ('2024-01-01') to ('2024-02-01');
            insert into dw.click (click_id, day, clicks, batch) values (1, '2024-01-30', 2, 5), (2, '2024-01-30', 3, 5);
            call dw.refresh_sales_monthly();
            call dw.refresh_click_weekly();
            call dw.retire_click('begin', 'dw.click_1', 1, '2024-01-01', '2024-02-01');
            alter table dw.click detach partition dw.click_1;
            """);
        using var estate = new EstateHarness(star.Server, Star.Yaml);
        var loaded = estate.Load().Estate!;
        var spec = WarehousePattern.Read(new Target(loaded, loaded.Servers["main"], loaded.Databases[0]))!;
        // While a partition is on its way, its buckets wait.
        Assert.Equal("", await BrokenAsync(db, spec));
        await Star.RunAsync(db, """
            call dw.retire_click('end', 'dw.click_1', 1, '2024-01-01', '2024-02-01');
            call dw.refresh_click_weekly();
            drop table dw.click_1;
            reset role;
            """);
        Assert.Equal("(2024-01-29,2,5)", await Star.TextAsync(db, "select * from dw.click_weekly"));
        Assert.Equal("", await BrokenAsync(db, spec));
        await using (var sound = await db.BeginTransactionAsync())
        {
            await Star.RunAsync(db, "insert into dw.visit (visited, visit_id, batch) select date '2020-01-01' + n / 10, n, 99 "
                + "from generate_series(1, 25000) n; analyze dw.visit");
            Assert.Equal("", await BrokenAsync(db, spec));
            await sound.RollbackAsync();
        }
        var caught = new HashSet<string>();
        foreach (var (mutant, seen) in Mutants)
        {
            await using var transaction = await db.BeginTransactionAsync();
            await Star.RunAsync(db, mutant);
            Assert.Equal($"{mutant}: {seen}", $"{mutant}: {await BrokenAsync(db, spec)}");
            caught.UnionWith(seen.Split(' '));
            await transaction.RollbackAsync();
        }
        Assert.Equal(Checks.All.Select(static attack => attack.Id).Order(), caught.Order());
    }

    static async Task<string> BrokenAsync(NpgsqlConnection db, WarehouseSpec spec)
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var check in Checks.For(spec))
        {
            if ((await Star.TextAsync(db, $"select * from ({check.Statement}) c")).Length > 0)
                broken.Add(check.Attack.Id);
        }
        return string.Join(' ', broken);
    }
}
