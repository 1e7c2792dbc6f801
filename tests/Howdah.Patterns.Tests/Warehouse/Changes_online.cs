using Howdah.Engine.Files;
using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>A star that is filled takes new references, measures, attributes and foreign keys without a long lock and without being
/// written anew, partitions and all.</summary>
public sealed class Changes_online
{
    static readonly string Before = Star.Yaml.Replace("\n  shop:\n", "\n  online:\n", StringComparison.Ordinal);

    static readonly string After = Before
        .Replace("name: { change: 1 }", "name: { change: 1 }\n            title: { change: 2 }", StringComparison.Ordinal)
        .Replace("degenerate: { click_id: bigint }, dimensions: { customer: customer }", "degenerate: { click_id: bigint }, "
            + "foreign_keys: true, dimensions: { customer: customer, shop: shop }", StringComparison.Ordinal)
        .Replace("clicks: { type: integer } }", "clicks: { type: integer }, cost: { type: \"numeric(8,2)\" } }", StringComparison.Ordinal)
        .Replace("        stock:\n", "        stock:\n          foreign_keys: true\n", StringComparison.Ordinal);

    // Queues are filled and emptied, not written anew.
    const string Files = "select oid::regclass, relfilenode from pg_class where relnamespace = 'dw'::regnamespace and relkind = 'r'";

    const string Loose = """
        select indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'dw'::regnamespace and (not indisvalid or c.relispartition
          and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid))
        union all
        select conname from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.connamespace = 'dw'::regnamespace and (not convalidated or c.relispartition and contype = 'f' and conparentid = 0)
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Lock_nobody_out_and_write_nothing_anew(int major)
    {
        var star = await Star.GetAsync(major);
        using var estate = new EstateHarness(star.Server, Before);
        await estate.ConvergeAsync();
        await using var db = await star.Server.OpenAsync("online");
        await Star.RunAsync(db, """
            set role shop_owner;
            create table dw.click_1 partition of dw.click for values from ('2024-01-01') to ('2024-02-01');
            create table dw.click_2 partition of dw.click for values from ('2024-02-01') to ('2024-03-01');
            reset role;
            """);
        await Star.LoadAsync(db, "stock", 1, "stock_date, shop_id, pieces", "('2024-01-01'::date, 1, 5)");
        await Star.LoadAsync(db, "click", 2, "click_id, day, source, customer_id, clicks",
            "(1, '2024-01-07'::date, 'web', 'c1', 1), (2, '2024-02-07', 'web', 'c1', 1)");
        var files = await Star.TextAsync(db, Files);

        estate.Write(After);
        var plan = await estate.PlanAsync();
        Assert.DoesNotContain(plan.Notes, static note => note.Severity == Severity.Error);
        Assert.All(plan.Steps, static step => Assert.Empty(step.Hazards));
        await estate.ConvergeAsync();
        Assert.Equal(files, await Star.TextAsync(db, Files));
        Assert.Equal("", await Star.TextAsync(db, Loose));
        Assert.Equal("(call_customer_fk,1)\n(call_shop_fk,1)\n(click_customer_fk,1)\n(click_shop_fk,1)\n(stock_shop_fk,1)",
            await Star.TextAsync(db, "select conname, count(*) from pg_constraint where contype = 'f' and conparentid = 0 "
                + "and connamespace = 'dw'::regnamespace group by 1"));
        foreach (var write in (string[])["insert into dw.click (click_id, day, batch, shop_sk) values (9, '2024-01-09', 1, 77)",
            "delete from dw.shop where sk = -1"])
        {
            var orphan = await Assert.ThrowsAsync<PostgresException>(() => Star.RunAsync(db, write));
            Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, orphan.SqlState);
        }
        // Versions come and go under the keys.
        const string Customers = "source, customer_id, born, name, title, segment, credit, effective_at, version, operation";
        await Star.LoadAsync(db, "customer", 3, Customers,
            "('web', 'c1', null::date, 'Ada', 'Dr', 'home', 1, timestamptz '2024-01-01', 1, 'U')");
        Assert.Equal("(Dr)", await Star.TextAsync(db, "select distinct title from dw.click join dw.customer on sk = customer_sk"));
        await Star.LoadAsync(db, "customer", 4, Customers,
            "('web', 'c1', null::date, null, null, null, null, timestamptz '2024-01-01', 2, 'R')");
        Assert.Equal("(-1)", await Star.TextAsync(db, "select distinct customer_sk from dw.click"));

        // What was begun is taken up: an index on the table alone, a key in one partition.
        await Star.RunAsync(db, """
            drop index dw.click_shop_ix; create index click_shop_ix on only dw.click (shop_sk);
            alter table dw.click drop constraint click_shop_fk;
            set role shop_owner;
            alter table dw.click_2 add constraint click_shop_fk foreign key (shop_sk) references dw.shop (sk)
              deferrable initially immediate not valid;
            reset role;
            """);
        Assert.Equal(["constraint dw.click.click_shop_fk", "constraint dw.click.click_shop_fk/dw.click_1",
            "constraint dw.click.click_shop_fk/dw.click_1/validate", "constraint dw.click.click_shop_fk/dw.click_2/validate",
            "index dw.click_shop_ix/attach", "index dw.click_shop_ix/dw.click_1", "index dw.click_shop_ix/dw.click_2"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Id["warehouse/online/".Length..]).Order(StringComparer.Ordinal));
        await estate.ConvergeAsync();
        Assert.Equal("", await Star.TextAsync(db, Loose));
        Assert.All((await estate.ProveAsync()).Where(static finding => finding.Pattern == "warehouse"),
            static finding => Assert.True(finding.Verdict != Verdict.Broken, $"{finding.Attack.Id} {finding.Target}: {finding.Evidence}"));
    }
}
