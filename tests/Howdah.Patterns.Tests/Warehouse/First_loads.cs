using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Many rows into an empty fact that nobody need read meanwhile: its indexes are built of them afterwards and are what they were;
/// where that could harm anybody, or nobody asked for it, they stay and are filled.</summary>
public sealed class First_loads
{
    // Names, definitions, of partitions too; those that no key has.
    const string Indexes = """
        select i.indrelid::regclass, case when x.relispartition then '' else x.relname end,
          regexp_replace(pg_get_indexdef(x.oid), '^CREATE INDEX \S+', ''), i.indisvalid
        from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid::regclass::text like 'dw.%' and not i.indisunique
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task Build_the_indexes_that_were_there(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await Star.RunAsync(db, """
            create table dw.click_1 partition of dw.click for values from ('2024-01-01') to ('2024-02-01');
            create table dw.click_2 partition of dw.click for values from ('2024-02-01') to ('2024-03-01');
            create index " ON ONLY " on dw.click (clicks) with (fillfactor = 70) where clicks > 5;
            create index told on dw.click (clicks); comment on index dw.told is 'why';
            create index counted on dw.click ((clicks * 2)); alter index dw.counted alter column 1 set statistics 300;
            set allow_in_place_tablespaces = on
            """);
        await Star.RunAsync(db, "create tablespace aside location ''");
        await Star.RunAsync(db, """
            create index apart on dw.click (batch) tablespace aside;
            create unique index once on dw.click (click_id, day, clicks);
            """);
        await StageAsync(db);
        await Star.RunAsync(db, "set howdah.alone = 'on'");
        var wanted = await Star.TextAsync(db, Indexes);
        var (kept, gone) = (await OidsAsync(db, "click_grain", "told", "counted", "apart", "once", "click_1_pkey", "call_grain"),
            await OidsAsync(db, " ON ONLY ", "click_customer_bk", "call_shop_ix", "call_called_ix"));
        await Star.RunAsync(db, "call dw.load_click('clicks', 1)");
        // Checks that wait for the transaction's end are looked at before.
        await Star.RunAsync(db, "begin; set constraints all deferred; call dw.load_call('calls', 2); commit");
        Assert.Equal("(50000,50000)", await Star.TextAsync(db, "select (select count(*) from dw.click), (select count(*) from dw.call)"));
        Assert.Equal(wanted, await Star.TextAsync(db, Indexes));
        Assert.Equal(kept, await OidsAsync(db, "click_grain", "told", "counted", "apart", "once", "click_1_pkey", "call_grain"));
        var anew = await OidsAsync(db, " ON ONLY ", "click_customer_bk", "call_shop_ix", "call_called_ix");
        Assert.Empty(anew.Split('\n').Intersect(gone.Split('\n')));

        // More into what is there.
        await Star.RunAsync(db, "update clicks set click_id = click_id + 50000; call dw.load_click('clicks', 3)");
        Assert.Equal("(100000)", await Star.TextAsync(db, "select count(*) from dw.click"));
        Assert.Equal(anew, await OidsAsync(db, " ON ONLY ", "click_customer_bk", "call_shop_ix", "call_called_ix"));
    }

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task Leave_all_as_it_is_where_somebody_could_be_harmed(int major)
    {
        var star = await Star.GetAsync(major);
        await using var db = await star.OpenAsync();
        await StageAsync(db);
        var before = await OidsAsync(db, "job_done_ix");
        await LoadAsync(""); // nobody said that it may be locked
        await Star.RunAsync(db, "truncate dw.job; set howdah.alone = 'on'");

        // Somebody reads: nobody waits for anybody.
        await using (var reader = await star.Server.OpenAsync(db.Database!))
        {
            await Star.RunAsync(reader, "begin; select count(*) from dw.job");
            await Star.RunAsync(db, "call dw.load_job('jobs', 1)");
            await Star.RunAsync(reader, "commit");
        }
        // A check of somebody's own that waits for the transaction's end, when no index could be built.
        await Star.RunAsync(db, """
            create function public.later() returns trigger language plpgsql as 'begin return null; end';
            create constraint trigger later after insert on dw.job deferrable initially deferred for each row
              execute function public.later()
            """);
        await LoadAsync("");
        await Star.RunAsync(db, "drop trigger later on dw.job");
        // Few rows.
        await LoadAsync("delete from jobs where job_id > 49999;");
        // Rows that were there.
        await Star.RunAsync(db, "insert into jobs select 50000, date '2024-01-01', null, 1, 1, 1");
        await LoadAsync("insert into dw.job (job_id, done, batch) values (0, '2024-01-01', 1);");
        Assert.Equal(before, await OidsAsync(db, "job_done_ix"));

        // A load that fails after its indexes were dropped has them still.
        var failed = await Assert.ThrowsAsync<PostgresException>(() => Star.RunAsync(db, "truncate dw.job; begin; "
            + "call dw.load_job('jobs', 1); select 1 / 0"));
        Assert.Equal("22012", failed.SqlState);
        await Star.RunAsync(db, "rollback");
        Assert.Equal(before, await OidsAsync(db, "job_done_ix"));
        await LoadAsync("");
        Assert.NotEqual(before, await OidsAsync(db, "job_done_ix"));

        async Task LoadAsync(string first)
        {
            await Star.RunAsync(db, $"truncate dw.job; {first} call dw.load_job('jobs', 1)");
            Assert.True(int.Parse((await Star.TextAsync(db, "select count(*) from dw.job")).Trim('(', ')'), null) >= 49_999);
        }
    }

    static Task StageAsync(NpgsqlConnection db) => Star.RunAsync(db, """
        create temp table clicks as select g::bigint as click_id, date '2024-01-01' + g % 60 as day, 's' as source,
          'c' || g % 100 as customer_id, g % 10 as clicks from generate_series(1, 50000) g;
        create temp table calls as select g::bigint as call_id, date '2024-01-01' + g % 60 as called, 's' as source,
          'c' || g % 100 as customer_id, g % 7 as shop_id, g % 10 as minutes from generate_series(1, 50000) g;
        create temp table jobs as select g::bigint as job_id, date '2024-01-01' + g % 60 as done, null::text as crew, g % 5 as pay,
          g % 3 as pieces, 1 as rate from generate_series(1, 50000) g;
        grant select on clicks, calls, jobs to shop_owner
        """);

    static Task<string> OidsAsync(NpgsqlConnection db, params string[] names) => Star.TextAsync(db,
        $"select relname, oid from pg_class where relnamespace = 'dw'::regnamespace and relname in ('{string.Join("', '", names)}')");
}
