using System.Net;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class Serve_of_the_tool
{
    public static TheoryData<int> Versions => [18, 15];

    internal const string Leaves = "select string_agg(relname || pg_get_expr(relpartbound, c.oid), ' ' order by relname) "
        + "from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'app.events'::regclass";

    // One rollup every second, so that there is always something to do.
    static string Yaml(string estate) => $$"""
        howdah: 1
        estate: {{estate}}
        SERVERS
        roles: { {{estate}}_owner: {} }
        databases:
          {{estate}}:
            owner: {{estate}}_owner
            schemas: [app]
            migrations: migrations/
            partitions: { app.events: { by: day, every: month, premake: 6, from: 2026-01-01, check: 2s } }
            warehouse:
              facts: { sales: { grain: [number], dates: [day], degenerate: { number: integer }, measures: { amount: { type: integer } } } }
              rollups: { by_month: { fact: sales, date: day, measures: { amount: sum }, refresh: 1s } }
        """;

    internal static async Task<EstateHarness> MakeAsync(TestServer server, string estate)
    {
        var harness = new EstateHarness(server, Yaml(estate));
        harness.Write("migrations/0001_events.sql", "create table app.events (day date not null) partition by range (day);");
        await harness.ConvergeAsync();
        return harness;
    }

    static Task SpoilAsync(EstateHarness estate, string database) => estate.Server.ExecuteAsync("""
        drop table app.events_p202601, app.events_p202602, app.events_p202603;
        insert into dw.sales (day, number, amount, batch) values ('2026-01-10', (select count(*) from dw.sales), 2, 1)
        """, database);

    static Task MendedAsync(EstateHarness estate, string database, string expected) =>
        Patience.UntilAsync("partitions are there and the rollup equals its fact", async () =>
            expected == await estate.Server.ScalarAsync<string>(Leaves, database)
            && await estate.Server.ScalarAsync<bool>(
                "select (select sum(amount) from dw.sales) = (select sum(sum_amount) from dw.by_month)", database));

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Of_two_one_acts_the_other_takes_over_and_stops_without_a_rest(int major)
    {
        using var estate = await MakeAsync(await TestServer.GetAsync(major), "served");
        var expected = (await estate.Server.ScalarAsync<string>(Leaves, "served"))!;
        await SpoilAsync(estate, "served");
        using var first = await Served.StartAsync(estate.Folder);
        await first.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "served", expected);
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"live\"}\n"), await first.GetAsync("/health/live"));
        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync("/")).Status);

        using var second = await Served.StartAsync(estate.Folder, "--grace", "1");
        var ready = await second.ReadyAsync(HttpStatusCode.OK, "\"role\":\"standby\"");
        Assert.Contains($"(pid {first.Pid})", ready["servers"]![0]!["leader"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(ready["chores"]!.AsArray(), static chore => Assert.Equal("idle", chore!["state"]!.GetValue<string>()));
        await MetricsAsync(first, second);
        // `upkeep --once` beside it: somebody acts already.
        var (exit, told, _) = await Tool.RunAsync("upkeep", estate.Folder, "--once", "--json");
        Assert.Equal((0, 2), (exit, told.Split("\"outcome\":\"elsewhere\"").Length - 1));

        // Killed without a word, at whatever it is doing just then.
        await first.KillAsync();
        await SpoilAsync(estate, "served");
        await second.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "served", expected);

        // A file that cannot be used changes nothing; one that can does, and the lead is kept.
        estate.Write("howdah: 1\nestate: served\nnothing: here\n");
        second.Signal("HUP");
        await second.SaysAsync("the former one stays");
        await SpoilAsync(estate, "served");
        await MendedAsync(estate, "served", expected);
        estate.Write(Yaml("served").Replace("by_month:", "by_moon: { fact: sales, date: day, measures: { amount: max } }, by_month:",
            StringComparison.Ordinal));
        second.Signal("HUP");
        await second.SaysAsync("\"event\":\"estate read\"");
        // It is in the file and not in the database: it fails by itself, and the others go on.
        await second.SaysAsync("\"event\":\"chore failed\",\"server\":\"main\",\"chore\":\"rollup by_moon of served\"");
        await SpoilAsync(estate, "served");
        await MendedAsync(estate, "served", expected);
        Assert.DoesNotContain("lead given up", second.Said, StringComparison.Ordinal);

        // Stopped in the middle of a refresh that gets no lock: it is called off, nothing of it is there, and the end is a good one.
        await using (var blocker = await estate.Server.OpenAsync("served"))
        {
            await using var transaction = await blocker.BeginTransactionAsync();
            await using (var hold = new Npgsql.NpgsqlCommand("lock table dw.by_month in access exclusive mode", blocker, transaction))
                await hold.ExecuteNonQueryAsync();
            await estate.Server.ExecuteAsync(
                "insert into dw.sales (day, number, amount, batch) values ('2026-01-10', (select count(*) from dw.sales), 2, 1)", "served");
            await second.ReadyAsync(HttpStatusCode.OK, "\"chore\":\"rollup by_month of served\",\"server\":\"main\",\"state\":\"running\"");
            second.Signal("TERM");
            Assert.Equal(0, await second.EndAsync());
        }
        Assert.Contains("\"event\":\"chore called off\"", second.Said, StringComparison.Ordinal);
        Assert.Contains("\"event\":\"stopped\"", second.Said, StringComparison.Ordinal);
        Assert.True(await estate.Server.ScalarAsync<bool>(
            "select (select sum(amount) from dw.sales) = 2 + (select sum(sum_amount) from dw.by_month)", "served"));
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where application_name like 'howdah serve%' or datname = 'served' and pid <> "
            + "pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'", "served"));
    }

    static async Task MetricsAsync(Served leader, Served standby)
    {
        const string Rollup = "{server=\"main\",database=\"served\",kind=\"rollup\",subject=\"by_month\"";
        const string Partitions = "{server=\"main\",database=\"served\",kind=\"partitions\",subject=\"\"";
        var (status, text) = await leader.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        var told = ExpositionCheck.Read(text);
        Assert.Equal((1, 1, 1), (told["howdah_leader{server=\"main\"}"], told["howdah_server_up{server=\"main\"}"],
            told["howdah_estate_good"]));
        Assert.Equal((1, 3, 0), (told[$"howdah_chore_work_total{Rollup},what=\"rows\"}}"],
            told[$"howdah_chore_work_total{Partitions},what=\"made\"}}"], told[$"howdah_chore_work_total{Partitions},what=\"retired\"}}"]));
        Assert.True(told[$"howdah_chore_runs_total{Rollup},outcome=\"done\"}}"] >= 1, text);
        Assert.Equal(0, told[$"howdah_chore_failures{Rollup}}}"]);
        Assert.True(told[$"howdah_chore_due_timestamp_seconds{Rollup}}}"] > told["howdah_start_timestamp_seconds"], text);
        Assert.InRange(told[$"howdah_chore_last_success_timestamp_seconds{Rollup}}}"]
            - told[$"howdah_chore_fresh_timestamp_seconds{Rollup}}}"], 0, 30);
        Assert.InRange(told[$"howdah_chore_overdue_seconds{Rollup}}}"], 0, 30);
        Assert.DoesNotContain("password", text, StringComparison.OrdinalIgnoreCase);

        (_, text) = await standby.GetAsync("/metrics");
        told = ExpositionCheck.Read(text);
        Assert.Equal((0, 1, 0), (told["howdah_leader{server=\"main\"}"], told["howdah_server_up{server=\"main\"}"],
            told[$"howdah_chore_runs_total{Rollup},outcome=\"done\"}}"]));
        Assert.DoesNotContain("due_timestamp", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_server_that_goes_away_and_comes_back_is_looked_after_again(int major)
    {
        using var estate = await MakeAsync(await TestServer.StartOwnAsync(major), "away");
        var expected = (await estate.Server.ScalarAsync<string>(Leaves, "away"))!;
        await SpoilAsync(estate, "away");
        await estate.Server.StopAsync("fast");
        using var served = await Served.StartAsync(estate.Folder);
        var unready = await served.ReadyAsync(HttpStatusCode.ServiceUnavailable, "server main: away");
        Assert.Equal("unready", unready["status"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await served.GetAsync("/health/live")).Status);
        await estate.Server.StartAsync();
        await served.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "away", expected);

        await estate.Server.StopAsync("fast");
        await served.ReadyAsync(HttpStatusCode.ServiceUnavailable, "server main: away");
        await estate.Server.StartAsync();
        await SpoilAsync(estate, "away");
        await served.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "away", expected);
        // Its connection cut alone: the lead is lost, and taken again.
        await estate.Server.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'howdah serve%'");
        await served.SaysAsync("\"event\":\"lead taken\"", 3);
        served.Signal("INT");
        Assert.Equal(0, await served.EndAsync());
    }
}
