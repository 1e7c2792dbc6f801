using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>SIGKILL while partitions are made, detached, archived, read back and dropped.</summary>
public sealed class UpkeepCrashTests
{
    static readonly int Rounds = Campaign.Full ? 50 : 4;

    const string Table = """
        drop schema if exists app cascade;
        do $$ begin
          if to_regclass('howdah.retired_partitions') is not null then
            truncate howdah.retired_partitions, howdah.partition_marks restart identity;
          end if;
        end $$;
        create schema app;
        create table app.events (id bigint not null, day date not null, note text, primary key (id, day)) partition by range (day);
        do $$ begin
          for back in 0..5 loop
            execute format('create table app.events_%s partition of app.events for values from (%L) to (%L)', back,
              date_trunc('month', current_date)::date - make_interval(months => back),
              date_trunc('month', current_date)::date - make_interval(months => back - 1));
          end loop;
        end $$;
        insert into app.events select n, date_trunc('month', current_date)::date - make_interval(months => n % 6), 'note ' || n
        from generate_series(1, 300) n
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task An_upkeep_that_was_killed_anywhere_ends_as_an_undisturbed_one(int major)
    {
        const string Yaml = """
            howdah: 1
            estate: shop
            SERVERS
            roles: { shop_owner: {} }
            databases: { shop: { owner: shop_owner } }
            """;
        using var estate = new EstateHarness(await TestServer.StartOwnAsync(major), Yaml);
        await estate.ConvergeAsync();
        estate.Write(Yaml.Replace("shop_owner } }", "shop_owner, partitions: { app.events: { by: day, every: month, premake: 2, keep: 3, "
            + $"then: archive, archive: {{ to: archive, format: {(major == 18 ? "parquet" : "csv")} }} }} }} }} }}",
            StringComparison.Ordinal));
        await MakeAsync(estate);
        await estate.ConvergeAsync(); // the memory, which stays
        await MakeAsync(estate);
        var (points, code) = await RunAsync(estate, 0);
        Assert.Equal(0, code);
        Assert.True(points.Count > 30, $"{points.Count} points are too few to be all");
        var wanted = await StateAsync(estate);
        Assert.Equal(3, wanted.Split('\n').Count(static line => line.StartsWith("retired", StringComparison.Ordinal)));

        var random = new Random(major);
        // What is beyond what apply does: its own points are killed elsewhere.
        var own = Enumerable.Range(1, points.Count).Where(at => !points[at - 1].Contains('/', StringComparison.Ordinal)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            await MakeAsync(estate);
            var fatal = own[(round * own.Count / Rounds + random.Next(own.Count / Rounds + 1)) % own.Count];
            var what = $"PostgreSQL {major}, round {round}, killed at {points[fatal - 1]} ({fatal} of {points.Count})";
            Assert.True((await RunAsync(estate, fatal)).Code != 0, $"{what}: was not killed");
            Assert.True((await RunAsync(estate, 0)).Code == 0, what);
            var state = await StateAsync(estate);
            Assert.True(wanted == state, $"{what}\nwanted:\n{wanted}\ncame:\n{state}");
        }
    }

    /// <summary>A rollup that still counts what retention took away: the partition's last sums, its archive and its end are one.</summary>
    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task A_rollup_counts_what_was_retired_once_wherever_the_upkeep_was_killed(int major)
    {
        static string Yaml(string retention) => $$"""
            howdah: 1
            estate: shop
            SERVERS
            roles: { shop_owner: {} }
            databases:
              kept:
                owner: shop_owner
                adopt: true
                partitions:
                  dw.visit: { by: day, every: month, premake: 1, from: {{DateTime.UtcNow.Date.AddMonths(-6):yyyy-MM}}-01{{retention}} }
                warehouse:
                  facts:
                    visit: { grain: [visit_id, day], dates: [day], degenerate: { visit_id: bigint },
                      measures: { minutes: { type: integer } }, partition_by: day }
                  rollups: { weekly: { fact: visit, date: day, every: week, measures: { minutes: sum }, keep_retired: true } }
            """;
        const string Rows = "select string_agg(r::text, ' ' order by r::text) from";
        using var estate = new EstateHarness(await TestServer.StartOwnAsync(major), Yaml(""));
        await estate.ConvergeAsync();
        await estate.Server.ExecuteAsync("""
            insert into dw.visit (visit_id, day, minutes, batch)
            select n, date_trunc('month', current_date)::date - interval '6 months' + make_interval(days => n % 180), n, 1
            from generate_series(1, 400) n;
            call dw.refresh_weekly()
            """, "kept");
        var wanted = await estate.Server.ScalarAsync<string>($"{Rows} dw.weekly r", "kept");
        await estate.Server.ExecuteAsync("create database before template kept");
        estate.Write(Yaml(", retain: 3 months, then: archive, archive: { to: archive }"));
        IReadOnlyList<string> points = [];
        points = await RoundAsync(0);
        Assert.True(points.Count > 15, $"{points.Count} points are too few to be all");

        var own = Enumerable.Range(1, points.Count).Where(at => !points[at - 1].Contains('/', StringComparison.Ordinal)).ToList();
        Assert.Contains("detached", points);
        foreach (var fatal in Campaign.Full ? own : own.Where((_, i) => i % (own.Count / 4) == major % 3))
            Assert.NotEmpty(await RoundAsync(fatal));

        async Task<IReadOnlyList<string>> RoundAsync(int fatal)
        {
            var what = fatal == 0 ? "undisturbed" : $"PostgreSQL {major}, killed at {points[fatal - 1]} ({fatal} of {points.Count})";
            await ClearAsync(estate);
            await estate.Server.ExecuteAsync("drop database kept with (force)");
            await estate.Server.ExecuteAsync("create database kept template before owner shop_owner");
            await estate.ConvergeAsync();
            var (passed, code) = await RunAsync(estate, fatal);
            Assert.True(fatal == 0 == (code == 0), $"{what}: exit {code}");
            if (fatal > 0)
                Assert.True((await RunAsync(estate, 0)).Code == 0, what);
            // What is in the rollup's queue is worked out anew from what the fact has and what was kept: twice, if it was kept twice.
            await estate.Server.ExecuteAsync("insert into dw.weekly_queue select bucket from dw.weekly; call dw.refresh_weekly()", "kept");
            Assert.Equal((what, wanted), (what, await estate.Server.ScalarAsync<string>($"{Rows} dw.weekly r", "kept")));
            Assert.Equal((what, 3L, 3L), (what, await estate.Server.ScalarAsync<long>("select count(*) from dw.visit_retired where done",
                "kept"), await estate.Server.ScalarAsync<long>("select count(distinct retirement) from dw.weekly_frozen", "kept")));
            Assert.Equal((what, false), (what, await estate.Server.ScalarAsync<bool>(
                "select exists (select from dw.visit where day < date_trunc('month', current_date) - interval '3 months')", "kept")));
            return passed;
        }
    }

    static async Task MakeAsync(EstateHarness estate)
    {
        await ClearAsync(estate);
        await estate.Server.ExecuteAsync(Table, "shop");
    }

    static async Task ClearAsync(EstateHarness estate)
    {
        if (Directory.Exists(Path.Combine(estate.Folder, "archive")))
            Directory.Delete(Path.Combine(estate.Folder, "archive"), recursive: true);
        // A backend whose client was killed needs a moment.
        await estate.Server.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'howdah%' and pid <> pg_backend_pid()");
    }

    static async Task<(IReadOnlyList<string> Points, int Code)> RunAsync(EstateHarness estate, int fatal)
    {
        using var process = CrashProcess.Start(estate, "upkeep", fatal.ToString(CultureInfo.InvariantCulture));
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (fatal == 0 && process.ExitCode != 0)
            Assert.Fail($"{output}\n{await errors}");
        return (output.Split('\n', StringSplitOptions.RemoveEmptyEntries), process.ExitCode);
    }

    // All that is to be equal: partitions with their bounds, rows, what is noted, and what the archives hold.
    static async Task<string> StateAsync(EstateHarness estate)
    {
        var tables = await estate.Server.ScalarAsync<string>("""
            select string_agg(line, E'\n' order by line) from (
              select format('%s %s', c.oid::regclass, pg_get_expr(c.relpartbound, c.oid)) from pg_class c
              where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
              union all select format('rows %s %s', count(*), sum(hashtextextended(e::text, 0))) from app.events e
              union all select format('retired %s %s %s %s %s %s %s', leaf, lo, hi, goal, state, rows, digest)
              from howdah.retired_partitions
              union all select format('mark %s %s', parent, low_water) from howdah.partition_marks) x(line)
            """, "shop");
        var archives = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(estate.Folder, "archive"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            archives.Add(Path.GetFileName(file));
            if (file.EndsWith(".parquet", StringComparison.Ordinal))
                archives.Add(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));
            if (!file.EndsWith(".csv.gz", StringComparison.Ordinal))
                continue;
            using var rows = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            archives.Add(string.Join('|', (await rows.ReadToEndAsync()).Split('\n').Order(StringComparer.Ordinal)));
        }
        return $"{tables}\n{string.Join('\n', archives)}";
    }
}
