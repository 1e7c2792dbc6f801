using Howdah.Engine.Files;
using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

public sealed class Warehouse_on_a_server
{
    const string Customers = "source, customer_id, born, name, segment, credit, effective_at, version, operation";
    const string Sales = "howdah_line, order_id, line, order_date, ship_date, source, customer_id, shop_id, gift, channel, amount, "
        + "quantity, price";

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_late_version_takes_its_facts_along(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.LoadAsync(db, "customer", 1, Customers, """
            ('web', 'c1', '1990-01-01', 'Ada', 'home', '10', '2024-01-01'::timestamptz, 1, 'U'),
            ('web', 'c1', '1990-01-01', 'Ada L.', 'office', '10', '2024-07-01', 2, 'U')
            """);
        await Star.LoadAsync(db, "shop", 1, "shop_id, region, size, effective_at", "(7, 'North', 3, '2024-01-01'::timestamptz)");
        await Star.LoadAsync(db, "sales", 2, Sales, """
            (1, 'o1', 1, '2023-05-05'::date, '2023-05-06'::date, 'web', 'c1', 7, true, 'app', 1.5, 2, 0.75),
            (2, 'o2', 1, '2024-05-05', '2024-05-06', 'web', 'c1', 7, false, null, 2.0001, 1, 2),
            (3, 'o3', 1, '2024-08-05', '2024-08-06', 'web', 'c1', 7, false, null, 4, 1, 4),
            (4, 'o4', 1, '2024-08-05', '2024-08-06', 'web', 'c9', 8, null, null, 8, 1, 8)
            """);
        // The first version reaches back for customers; a shop before its first is unknown; who is not there yet is unknown, too.
        Assert.Equal("(o1,home,-1,t)\n(o2,home,7,f)\n(o3,office,7,f)\n(o4,Unknown,-1,)", await Star.TextAsync(db, """
            select order_id, segment, coalesce(s.shop_id, s.sk), g.gift from dw.sales f join dw.customer c on c.sk = customer_sk
            join dw.shop s on s.sk = shop_sk join dw.flags g on g.sk = flags_sk
            """));
        await Star.LoadAsync(db, "customer", 3, Customers, """
            ('web', 'c1', '1990-01-01', 'Ada', 'corporate', '10', '2024-03-01'::timestamptz, 3, 'U'),
            ('web', 'c9', null, 'Bob', 'home', null, '2024-09-01', 4, 'U')
            """);
        Assert.Equal("(o1,home,Ada L.)\n(o2,corporate,Ada L.)\n(o3,office,Ada L.)\n(o4,home,Bob)".Replace("Ada L.", "\"Ada L.\"",
            StringComparison.Ordinal), await Star.TextAsync(db,
            "select order_id, segment, c.name from dw.sales f join dw.customer c on c.sk = customer_sk"));
        Assert.Equal("(2)", await Star.TextAsync(db, "select repointed from dw.load_log where batch = 3"));
        // Again the same, and another content for the same line.
        await Star.LoadAsync(db, "sales", 4, Sales, """
            (1, 'o2', 1, '2024-05-05'::date, '2024-05-06'::date, 'web', 'c1', 7, false, null, 2.0001, 1, 2),
            (2, 'o3', 1, '2024-08-05', '2024-08-06', 'web', 'c1', 7, false, null, 5, 1, 4),
            (3, 'o5', null, '2024-08-05', '2024-08-06', 'web', 'c1', 7, false, null, 5, 1, 4),
            (4, 'o6', 1, '2031-08-05', '2031-08-06', 'web', 'c1', 7, false, null, 5, 1, 4)
            """);
        Assert.Equal("(4,0,1,3)", await Star.TextAsync(db,
            "select rows_read, rows_loaded, rows_unchanged, rows_quarantined from dw.load_log where batch = 4"));
        Assert.Equal("(2,grain)\n(3,missing)\n(4,calendar)", await Star.TextAsync(db,
            "select line, rule from howdah.quarantine where batch = 4"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_cannot_be_believed_goes_to_the_quarantine(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.LoadAsync(db, "customer", 1, Customers, """
            ('web', 'c1', '1990-01-01', 'Ada', 'home', '10', '2024-01-01'::timestamptz, 1, 'U'),
            ('web', 'c1', '1990-01-01', 'Ada', 'home', '10', '2024-01-01', 1, 'U'),
            ('web', null, '1990-01-01', 'Ada', 'home', '10', '2024-01-01', 1, 'U'),
            ('web', 'c2', '1990-01-01', 'Ada', 'home', '10', null, 1, 'U'),
            ('web', 'c2', '1990-01-01', 'Ada', 'home', '10', '9999-01-01', 1, 'U'),
            ('web', 'c2', '1990-01-01', 'Ada', 'home', '10', '2024-01-01', 1, 'X'),
            ('web', 'c3', '1990-01-01', 'Ada', 'home', '10', '2024-01-01', 1, 'U'),
            ('web', 'c3', '1990-01-01', 'Ada', 'away', '10', '2024-01-01', 1, 'U')
            """);
        await Star.LoadAsync(db, "customer", 2, Customers, """
            ('web', 'c1', '1990-01-01', 'Ada', 'away', '10', '2024-01-01'::timestamptz, 1, 'U'),
            ('web', 'c1', '1991-01-01', 'Ada', 'home', '10', '2024-02-01', 1, 'U')
            """);
        Assert.Equal("(1,effective_at)\n(1,future)\n(1,key)\n(1,operation)\n(1,tie)\n(1,tie)\n(2,keep)\n(2,tie)",
            await Star.TextAsync(db, "select batch, rule from howdah.quarantine"));
        Assert.Equal("(1990-01-01,home,-infinity,infinity)", await Star.TextAsync(db,
            "select born, segment, valid_from, valid_to from dw.customer where sk > 0"));
        Assert.Equal("(1,8,1,1,6)\n(2,2,0,0,2)", await Star.TextAsync(db,
            "select batch, rows_read, rows_loaded, rows_unchanged, rows_quarantined from dw.load_log"));
        // A time that is gone or far ahead refuses its own rows, not the others.
        await Star.RunAsync(db, "set role shop_owner; create table dw.click_1 partition of dw.click "
            + "for values from (minvalue) to ('2024-02-01'); reset role");
        await Star.LoadAsync(db, "click", 4, "click_id, day, source, customer_id, clicks",
            "(1, '2024-01-31'::date, 'web', 'c1', 1), (2, '2024-02-01', 'web', 'c1', 1), (3, '2029-02-01', 'web', 'c1', 1)");
        Assert.Equal("(1)", await Star.TextAsync(db, "select click_id from dw.click"));
        // The table's own statistics, which autovacuum never makes.
        Assert.Equal("(1)", await Star.TextAsync(db, "select reltuples from pg_class where oid = 'dw.click'::regclass"));
        await Star.LoadAsync(db, "job", 5, "job_id, done, crew, pay, pieces, rate", """
            (1, '2024-02-01'::date, null, 'NaN'::numeric, 1, 1::numeric), (2, '2024-02-01', null, 1, 1, 'Infinity'),
            (3, '2024-02-01', null, null, 1, 1), (null, '2024-02-01', null, 1, 1, 1)
            """);
        Assert.Equal("(missing,1)\n(number,2)", await Star.TextAsync(db,
            "select rule, count(*) from howdah.quarantine where batch = 5 group by 1"));
        Assert.Equal("(partition,2)", await Star.TextAsync(db, "select rule, count(*) from howdah.quarantine where batch = 4 group by 1"));
        // A tuple of keys is compared column by column: these are two customers.
        await Star.LoadAsync(db, "customer", 3, Customers, """
            ('a', 'bc', null, 'x', 's', null, '2024-01-01'::timestamptz, 1, 'U'), ('ab', 'c', null, 'y', 's', null, '2024-01-01', 1, 'U')
            """);
        Assert.Equal("(2)", await Star.TextAsync(db, "select count(*) from dw.customer where segment = 's'"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task States_are_replaced_and_milestones_passed(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.LoadAsync(db, "stock", 1, "stock_date, shop_id, pieces", "('2024-01-01'::date, 1, 5), ('2024-01-02', 1, 6)");
        await Star.LoadAsync(db, "stock", 2, "stock_date, shop_id, pieces", "('2024-01-01'::date, 1, 5), ('2024-01-02', 1, 7)");
        Assert.Equal("(2024-01-01,5,1)\n(2024-01-02,7,2)", await Star.TextAsync(db, "select stock_date, pieces, batch from dw.stock"));
        const string Columns = "delivery_id, sent, arrived, source, customer_id, parcels";
        await Star.LoadAsync(db, "delivery", 3, Columns, "(1, '2024-01-01'::date, null::date, 'web', 'c', 1)");
        await Star.LoadAsync(db, "delivery", 4, Columns, "(1, '2024-01-01'::date, '2024-01-03'::date, 'web', 'c', 1)");
        Assert.Equal("(2024-01-01,2024-01-03)", await Star.TextAsync(db, "select sent, arrived from dw.delivery"));
        var backward = await Assert.ThrowsAsync<PostgresException>(() =>
            Star.LoadAsync(db, "delivery", 5, Columns, "(1, '2024-01-01'::date, '2023-01-03'::date, 'web', 'c', 1)"));
        Assert.Equal(PostgresErrorCodes.CheckViolation, backward.SqlState);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_calendar_knows_iso_weeks_and_fiscal_years(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        Assert.Equal("(2020-02-29,2020,9,2020,3,8)\n(2027-01-01,2026,53,2027,3,7)\n(2027-07-01,2027,26,2028,1,1)",
            await Star.TextAsync(db, """
                select order_date, order_date_iso_year, order_date_iso_week, order_date_fiscal_year, order_date_fiscal_quarter,
                  order_date_fiscal_month
                from dw.order_date where order_date in ('2020-02-29', '2027-01-01', '2027-07-01')
                """));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Loaders_load_and_readers_read_and_that_is_all(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.RunAsync(db, "set role analyst");
        Assert.Equal("(0)", await Star.TextAsync(db, "select count(*) from dw.sales"));
        await RefusedAsync(db, "delete from dw.customer");
        await RefusedAsync(db, "call dw.load_customer('pg_catalog.pg_class', 1)");
        await Star.RunAsync(db, "reset role; set role etl");
        await RefusedAsync(db, "select from dw.sales");
        // What a loader made is read as the owner: nothing of the loader's own may run there.
        await Star.RunAsync(db, "create temp table plain (shop_id int, region text, size int, effective_at timestamptz); "
            + "grant select on plain to shop_owner; create temp view spy as select * from plain; grant select on spy to shop_owner");
        var view = await Assert.ThrowsAsync<PostgresException>(() => Star.RunAsync(db, "call dw.load_shop('spy', 1)"));
        Assert.Equal("42809", view.SqlState);
        var lacks = await Assert.ThrowsAsync<PostgresException>(() => Star.RunAsync(db, "call dw.load_customer('plain', 1)"));
        Assert.Contains("lacks the columns source, customer_id, born", lacks.MessageText, StringComparison.Ordinal);
        await Star.RunAsync(db, "insert into plain values (1, 'North', 2, '2024-01-01'); call dw.load_shop('plain', 1); reset role");
        Assert.Equal("(North)", await Star.TextAsync(db, "select region from dw.shop where sk > 0"));
    }

    static async Task RefusedAsync(NpgsqlConnection db, string sql) => Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
        (await Assert.ThrowsAsync<PostgresException>(() => Star.RunAsync(db, sql))).SqlState);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_drift_is_mended_and_what_comes_later_is_added_online(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, Star.Yaml);
        await estate.ConvergeAsync();
        (string Drift, string[] Steps)[] drifts =
        [
            ("drop index dw.sales_customer_ix", ["index dw.sales_customer_ix"]),
            // What somebody added beside is left alone.
            ("create index covering on dw.sales (customer_sk) include (amount)", []),
            ("alter table dw.customer drop constraint customer_overlap", ["constraint dw.customer.customer_overlap"]),
            ("grant insert on dw.sales to analyst", ["grant table dw.sales"]),
            ("grant execute on procedure dw.load_shop to public", ["grant procedure dw.load_shop"]),
            ("revoke usage on schema dw from etl", ["grant schema dw"]),
            ("comment on column dw.customer.segment is 'x'", ["comment dw.customer.segment"]),
            ("create or replace procedure dw.load_shop(staging regclass, batch bigint) language plpgsql as 'begin end'",
                ["function dw.load_shop"]),
            ("create or replace view dw.payer as select sk as payer_sk, source as payer_source, customer_id as payer_customer_id, "
                + "born as payer_born, name as payer_name, name as payer_segment, credit as payer_credit, valid_from as payer_valid_from, "
                + "valid_to as payer_valid_to from dw.customer", ["view dw.payer"]),
            ("drop view dw.sent", ["view dw.sent"]),
        ];
        foreach (var (drift, steps) in Campaign.Of(drifts, major))
        {
            await server.ExecuteAsync(drift, "shop");
            var plan = await estate.PlanAsync();
            Assert.Equal(steps.Select(static step => $"warehouse/shop/{step}").Order(), plan.Steps.Select(static step => step.Id).Order());
            await estate.ConvergeAsync();
        }
        await using var db = await server.OpenAsync("shop");
        await Star.LoadAsync(db, "stock", 1, "stock_date, shop_id, pieces", "('2024-01-01'::date, 1, 5)");
        estate.Write(Star.Yaml.Replace("name: { change: 1 }", "name: { change: 1 }\n            title: { change: 2 }",
            StringComparison.Ordinal)
            .Replace("quantity: { type: integer },", "quantity: { type: integer }, discount: { type: \"numeric(5,4)\" },",
                StringComparison.Ordinal)
            .Replace("dimensions: { shop: shop }", "dimensions: { shop: shop, customer: customer }", StringComparison.Ordinal));
        var later = await estate.PlanAsync();
        Assert.DoesNotContain(later.Notes, static note => note.Severity == Severity.Error);
        Assert.DoesNotContain(later.Steps, static step => step.Hazards.Any(static hazard => hazard.Kind
            is Engine.Planning.HazardKind.TableRewrite or Engine.Planning.HazardKind.DataLoss));
        await estate.ConvergeAsync();
        // A fact that was there before its reference is nobody's until its key is written and the member's event is loaded.
        Assert.Equal("(-1)", await Star.TextAsync(db, "select customer_sk from dw.stock"));
        await Star.RunAsync(db, "update dw.stock set source = 'web', customer_id = 'c1'");
        await Star.LoadAsync(db, "customer", 2, "source, customer_id, born, name, title, segment, credit, effective_at, version",
            "('web', 'c1', null, 'Ada', 'Dr', 'home', null, '2024-01-01'::timestamptz, 1)");
        Assert.Equal("(Dr)", await Star.TextAsync(db, "select title from dw.stock join dw.customer on sk = customer_sk"));
        // Taken out of the file it stays; another type is told.
        estate.Write(Star.Yaml);
        await estate.ConvergeAsync();
        Assert.True(await server.ScalarAsync<bool>("select exists (select from pg_attribute where attrelid = 'dw.customer'::regclass and "
            + "attname = 'title' and not attisdropped)", "shop"));
        estate.Write(Star.Yaml.Replace("credit: { type: \"numeric(10,2)\"", "credit: { type: bigint", StringComparison.Ordinal));
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Code == Howdah.Patterns.Warehouse.Codes.Type);
        estate.Write(Star.Yaml);
        Assert.All((await estate.ProveAsync()).Where(static finding => finding.Pattern == "warehouse"),
            static finding => Assert.True(finding.Verdict == Verdict.Held, $"{finding.Attack.Id} {finding.Target}: {finding.Evidence}"));
    }
}
