using System.Globalization;
using Howdah.Engine.Proving;
using Howdah.Patterns.Partitions.Retiring;
using Howdah.Patterns.Pipelines;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions;

public sealed class Ages_and_late_rows
{
    public static TheoryData<int> Versions => [18, 15];

    static string Yaml(string method) => ShopYaml.With("""
        schemas: [app], migrations: migrations/,
          pipelines: {
            straight: { files: straight.csv, columns: { id: bigint, at: date, note: text }, into: app.events,
              max_rejected: { rows: 5, percent: 60 } },
            staged: { files: staged.csv, columns: { id: { type: bigint, value: "n + 1" }, n: { stage_only: true, type: bigint }, at: date },
              into: app.events, max_rejected: { rows: 5, percent: 60 } } },
          partitions: { app.events: { by: at, every: month, premake: 1, from: FROM, retain: 6 months, then: drop, ages: [
            { after: 2 months, compression: METHOD, storage: { autovacuum_enabled: false, fillfactor: 90 } },
            { after: 4 months, tablespace: slow, storage: { fillfactor: 70 } } ] } }
        """.Replace("FROM", Month(8) + "-01", StringComparison.Ordinal).Replace("METHOD", method, StringComparison.Ordinal));

    static string Month(int back) => DateTime.UtcNow.AddDays(1 - DateTime.UtcNow.Day).AddMonths(-back).ToString("yyyy-MM",
        CultureInfo.InvariantCulture);

    static string Leaf(int back) => $"app.events_p{Month(back).Replace("-", "", StringComparison.Ordinal)}";

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Partitions_are_kept_as_those_of_their_age_and_rows_that_come_too_late_are_told_so(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        // Not every build has lz4.
        var lz4 = await server.ScalarAsync<bool>(
            "select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression'");
        using var estate = new EstateHarness(server, Yaml(lz4 ? "lz4" : "pglz"));
        var method = lz4 ? 'l' : 'p';
        Task RunAsync(string sql) => estate.Server.ExecuteAsync(sql, "shop");
        await estate.Server.ExecuteAsync("alter role howdah_admin set allow_in_place_tablespaces = on");
        await estate.Server.ExecuteAsync("create tablespace slow location ''");
        estate.Write("migrations/0001_events.sql", "create table app.events (id bigint not null, at date not null, note text, "
            + "primary key (id, at)) partition by range (at); create index events_note on app.events (note)");
        await estate.ConvergeAsync(); // apply ages nothing
        await RunAsync($"create table app.old partition of app.events for values from ('{Month(8)}-01') to ('{Month(6)}-01'); "
            + "alter table app.old owner to shop_owner");
        async Task<string[]> BrokenAsync() => [.. (await estate.ProveAsync())
            .Where(static finding => finding.Pattern == "partitions" && finding.Verdict != Verdict.Held)
            .Select(static finding => finding.Attack.Id)];
        Task<string?> KeptAsync(int back) => estate.Server.ScalarAsync<string>($"""
            select concat_ws(' ', array_to_string(array(select unnest(c.reloptions) order by 1), ','),
              (select spcname from pg_tablespace where oid = c.reltablespace),
              (select attcompression from pg_attribute where attrelid = c.oid and attname = 'note'),
              (select count(*) from pg_index i join pg_class x on x.oid = i.indexrelid join pg_tablespace t on t.oid = x.reltablespace
               where i.indrelid = c.oid and t.spcname = 'slow'))
            from pg_class c where oid = '{Leaf(back)}'::regclass
            """, "shop");
        async Task UpkeepAsync()
        {
            var session = await estate.OpenAsync();
            var report = await PartitionUpkeep.RunAsync(session, session.Estate.Databases[0], new(), CancellationToken.None);
            Assert.True(report.Done, string.Join('\n', report.Tables.SelectMany(static table => table.Problems)));
        }
        Assert.Equal(["PAR-18"], await BrokenAsync());
        await UpkeepAsync();
        Assert.Empty(await BrokenAsync());
        Assert.Equal("  0", await KeptAsync(0));
        Assert.Equal($"autovacuum_enabled=false,fillfactor=90 {method} 0", await KeptAsync(3));
        Assert.Equal($"autovacuum_enabled=false,fillfactor=70 slow {method} 2", await KeptAsync(5));
        foreach (var mutant in (string[])[$"alter table {Leaf(3)} reset (fillfactor)",
            $"alter table {Leaf(4)} alter note set compression default",
            $"alter table {Leaf(5)} set tablespace pg_default"])
        {
            await RunAsync(mutant);
            Assert.Equal(["PAR-18"], await BrokenAsync());
            Assert.Empty((await estate.PlanAsync()).Steps);
        }
        await UpkeepAsync();
        Assert.Empty(await BrokenAsync());

        // What is loaded into a month that was retired is kept, and it is said why.
        var low = await estate.Server.ScalarAsync<string>("select howdah.low_water('app.events')", "shop");
        Assert.Equal($"{Month(6)}-01", low);
        estate.Write("straight.csv", $"id,at,note\n1,{Month(1)}-03,good\n2,{Month(7)}-03,late\n");
        estate.Write("staged.csv", $"n,at\n5,{Month(1)}-03\n6,{Month(7)}-03\n");
        var open = await estate.OpenAsync();
        foreach (var pipeline in (string[])["straight", "staged"])
        {
            var report = Assert.Single(await PipelineLoad.RunAsync(open, open.Estate.Databases[0], pipeline,
                new(), CancellationToken.None));
            Assert.True(report is { Loaded: 1, Quarantined: 1 }, report.Message);
            Assert.Equal($"no partition of relation \"events\" found for row; rows before {low} come too late: their partitions "
                + "were retired, and app.events takes none any more (howdah.low_water)", await estate.Server.ScalarAsync<string>(
                $"select message from howdah.quarantine where batch = {report.Batch} and line = 3", "shop"));
        }
    }
}
