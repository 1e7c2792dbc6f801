using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns.Data.Loading;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>The disk under the server is full, to the last block of a real file system: told as such; with room again the next run
/// finishes.</summary>
public sealed class FullDiskTests
{
    const int Megabytes = 220;

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task A_full_disk_is_told_and_the_next_run_finishes(int major)
    {
        var disk = await SmallDisk.MountAsync(Megabytes);
        var server = await TestServer.StartOwnAsync(major, disk.Folder);
        string calm;
        using (var sample = Sample.On(server))
        {
            await sample.ApplyAsync();
            calm = await CatalogDump.OfAsync(server, "store");
        }
        foreach (var at in (string[])["databases/main/store/create", "migrations/store/0001_tables"])
        {
            await Sample.CleanAsync(server);
            using var sample = Sample.On(server);
            var result = await ApplyAsync(sample, at, () => FillTables(server, disk));
            Assert.Equal(ApplyOutcome.Failed, result.Outcome);
            Assert.Equal(at, result.At?.Id);
            Assert.StartsWith($"{result.At!.Object}: the server's disk is full (could not ", result.Message, StringComparison.Ordinal);
            Assert.Contains("free room and run again", result.Message, StringComparison.Ordinal);
            disk.Free();
            await FinishAsync(sample, calm, at);
        }
    }

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task A_log_that_has_no_room_crashes_the_server_and_the_next_run_finishes(int major)
    {
        var disk = await SmallDisk.MountAsync(Megabytes);
        var server = await TestServer.StartOwnAsync(major, disk.Folder);
        // Test servers answer before the log is written; and with segments it has kept, a server lives on for a while.
        await server.ExecuteAsync("alter role howdah_admin set synchronous_commit = on");
        await server.ExecuteAsync("alter system set wal_recycle = off");
        await server.ExecuteAsync("select pg_reload_conf()");
        string calm;
        using (var sample = Sample.On(server))
        {
            await sample.ApplyAsync();
            calm = await CatalogDump.OfAsync(server, "store");
        }
        foreach (var at in (string[])["tenancy/store/store.orders/floor", "migrations/store/0001_tables"])
        {
            await Sample.CleanAsync(server);
            using var sample = Sample.On(server);
            var result = await ApplyAsync(sample, at, () =>
            {
                // The log is put at the end of its segment, and there is no room for the next one.
                disk.Fill();
                server.ExecuteAsync("select pg_switch_wal()").GetAwaiter().GetResult();
            });
            Assert.Equal(ApplyOutcome.Failed, result.Outcome);
            Assert.Equal(at, result.At?.Id);
            Assert.StartsWith($"{result.At!.Object}: the server's disk is full (could not ", result.Message, StringComparison.Ordinal);
            Assert.Contains("run again", result.Message, StringComparison.Ordinal);
            await server.StopAsync();
            disk.Free();
            await server.StartAsync();
            await FinishAsync(sample, calm, at);
        }
    }

    [Fact]
    public async Task A_load_that_fills_the_disk_loads_nothing_and_the_next_one_all()
    {
        var disk = await SmallDisk.MountAsync(Megabytes);
        using var sample = Sample.On(await TestServer.StartOwnAsync(18, disk.Folder));
        await sample.ApplyAsync();
        FillTables(sample.Server, disk);
        var full = await Assert.ThrowsAsync<PostgresException>(async () =>
            await DataLoader.RunAsync(await sample.OpenAsync(), null, CancellationToken.None));
        Assert.Equal(PostgresErrorCodes.DiskFull, full.SqlState);
        disk.Free();
        Assert.Equal(0L, await sample.Server.ScalarAsync<long>("select count(*) from howdah.loads", "store"));
        var load = Assert.Single(await DataLoader.RunAsync(await sample.OpenAsync(), null, CancellationToken.None));
        Assert.True(load.Loaded);
        Assert.Equal(9994L, await sample.Server.ScalarAsync<long>("select count(*) from store.order_lines", "store"));
    }

    // The log has a new segment before the disk is full: what fails is a table, and the server stays up.
    static void FillTables(TestServer server, SmallDisk disk)
    {
        server.ExecuteAsync("select pg_switch_wal()").GetAwaiter().GetResult();
        server.ExecuteAsync("checkpoint").GetAwaiter().GetResult();
        disk.Fill();
    }

    static async Task<ApplyResult> ApplyAsync(Sample sample, string at, Action disaster)
    {
        var hit = false;
        var result = await sample.Harness.ApplyAsync(new()
        {
            Allow = Enum.GetValues<HazardKind>().ToHashSet(),
            ReconnectPatience = TimeSpan.FromSeconds(1),
            Fault = point =>
            {
                if (hit || point != $"{at}: before")
                    return;
                hit = true;
                disaster();
            },
        });
        Assert.True(hit, $"{at} was never reached: {result.Message}");
        return result;
    }

    static async Task FinishAsync(Sample sample, string calm, string at)
    {
        await sample.Harness.ConvergeAsync();
        Assert.True(calm == await CatalogDump.OfAsync(sample.Server, "store"), $"full at {at}, the catalogs differ");
        Assert.Equal(0L, await sample.Server.ScalarAsync<long>("select count(*) from howdah.run where ended is null", "store"));
        Assert.Equal(0L, await sample.Server.ScalarAsync<long>("select count(*) from howdah.journal where state = 'running'", "store"));
    }
}
