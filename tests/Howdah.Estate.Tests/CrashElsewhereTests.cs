using System.Diagnostics;
using System.Globalization;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>SIGKILL where no transaction holds a step together: a migration outside one; and in a load, which is no step.
/// Each point on one version, or on both with HOWDAH_FULL=1.</summary>
public sealed class CrashElsewhereTests
{
    const string Index = "-- howdah: no-transaction\ncreate index concurrently orders_city_idx on store.orders (tenant_id, city);\n";

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_migration_outside_a_transaction_is_finished_wherever_it_was_killed(int major)
    {
        using var sample = await AppliedAsync(major);
        var server = sample.Server;
        sample.Harness.Write("migrations/0002_city.sql", Index);
        var (points, code) = await CrashProcess.RunAsync(sample, "0");
        Assert.Equal(0, code);
        Assert.True(points > 7, $"{points} points are too few to be all");
        var expected = await CatalogDump.OfAsync(server, "store");
        foreach (var point in Campaign.Points(points, major))
        {
            await UndoAsync(server);
            Assert.NotEqual(0, (await CrashProcess.RunAsync(sample, point.ToString(CultureInfo.InvariantCulture))).Code);
            await FinishedAsync(sample, expected, $"killed at point {point}");
        }

        // In the middle of the statement: the build waits for this snapshot and has left an invalid index already.
        await UndoAsync(server);
        await using (var reader = await server.OpenAsync("store"))
        {
            await using var hold = new NpgsqlCommand("begin isolation level repeatable read; select count(*) from store.orders", reader);
            await hold.ExecuteNonQueryAsync();
            using var process = CrashProcess.Start(sample, "0");
            await UntilAsync(server, "select exists (select from pg_index where indexrelid = to_regclass('store.orders_city_idx') "
                + "and not indisvalid)");
            process.Kill();
            await process.WaitForExitAsync();
        }
        await FinishedAsync(sample, expected, "killed while the index was being built");
    }

    public static TheoryData<int, string> Loads => [.. ((string[])["steps", "before commit", "after commit"]).SelectMany((where, nth) =>
        Campaign.On(nth).Select(row => (row.Data, where)))];

    [Theory]
    [MemberData(nameof(Loads))]
    public async Task A_load_that_was_killed_is_loaded_whole_and_once(int major, string where)
    {
        using var bare = await AppliedAsync(major);
        var server = bare.Server;
        using var proxy = new CuttingProxy(server.Port);
        using var sample = Sample.On(server, proxy.Port);
        var steps = Path.Combine(sample.Harness.Folder, "data/superstore.sql");
        sample.Harness.Write("data/superstore.sql",
            await File.ReadAllTextAsync(steps) + "\nselect pg_catalog.pg_advisory_lock_shared(77);\n");
        await using var holder = await server.OpenAsync("store");
        if (where == "steps")
        {
            await using var hold = new NpgsqlCommand("select pg_advisory_lock(77)", holder);
            await hold.ExecuteNonQueryAsync();
        }
        using var process = CrashProcess.Start(sample, "load");
        proxy.Judge = said =>
        {
            if (where == "steps" || !said.Contains("COMMIT\0", StringComparison.Ordinal))
                return CuttingProxy.Cut.No;
            // Dead before the server hears it, or dead while it does.
            process.Kill();
            return where == "before commit" ? CuttingProxy.Cut.Before : CuttingProxy.Cut.Answer;
        };
        if (where == "steps")
        {
            await UntilAsync(server, "select exists (select from pg_locks where locktype = 'advisory' and objid = 77 and not granted)");
            process.Kill();
        }
        else
        {
            await UntilAsync(server, $"select {(where == "after commit" ? "(select count(*) from howdah.loads) = 1" : "true")}");
        }
        await process.WaitForExitAsync();
        Assert.NotEqual(0, process.ExitCode);
        await holder.CloseAsync();
        proxy.Mend();
        await UntilAsync(server, "select count(*) = 1 from pg_stat_activity where datname = 'store'");
        Assert.Equal(where == "after commit" ? 1L : 0L, await server.ScalarAsync<long>("select count(*) from howdah.loads", "store"));

        Assert.Equal(0, (await CrashProcess.RunAsync(sample, "load")).Code);
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from howdah.loads", "store"));
        Assert.Equal(9994L, await server.ScalarAsync<long>("select count(*) from store.order_lines", "store"));
        Assert.Equal(2297200.8603m, await server.ScalarAsync<decimal>("select sum(sales) from store.order_lines", "store"));
        Assert.Equal(49L, await server.ScalarAsync<long>("select count(*) from howdah.tenants", "store"));
        Assert.Equal(4L, await server.ScalarAsync<long>("select count(*) from pg_class where relforcerowsecurity", "store"));
    }

    static async Task<Sample> AppliedAsync(int major)
    {
        var sample = await Sample.BareAsync(major);
        await sample.ApplyAsync();
        return sample;
    }

    static Task UndoAsync(TestServer server) => server.ExecuteAsync(
        "drop index if exists store.orders_city_idx; delete from howdah.migrations where version = 2; "
        + "delete from howdah.owned where identity like '%orders_city_idx%'; delete from howdah.journal where step like '%0002_city%'",
        "store");

    static async Task FinishedAsync(Sample sample, string expected, string what)
    {
        var (_, again) = await CrashProcess.RunAsync(sample, "0");
        Assert.True(again == 0, $"{what}, the next run fails");
        Assert.True(expected == await CatalogDump.OfAsync(sample.Server, "store"), $"{what}, the catalogs differ");
        Assert.True((await sample.Harness.PlanAsync()).Steps.Count == 0, $"{what}, something is left to do");
        foreach (var (wrong, query) in ((string, string)[])[
            ("runs are open", "select count(*) from howdah.run where ended is null"),
            ("steps are running", "select count(*) from howdah.journal where state = 'running'"),
            ("records are missing", "select 1 - count(*) from howdah.migrations where version = 2"),
            ("ownership is missing", "select 1 - count(*) from howdah.owned where identity like 'index %orders_city_idx%' and objid <> 0")])
            Assert.True(await sample.Server.ScalarAsync<long>(query, "store") == 0, $"{what}, {wrong}");
    }

    static async Task UntilAsync(TestServer server, string condition)
    {
        var began = Stopwatch.StartNew();
        while (!await server.ScalarAsync<bool>(condition, "store"))
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(120), $"never came: {condition}");
    }
}
