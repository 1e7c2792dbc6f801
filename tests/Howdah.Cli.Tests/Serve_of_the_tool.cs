using System.Net;
using System.Text.Json.Nodes;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class Serve_of_the_tool
{
    public static TheoryData<int> Versions => Campaign.On(1);

    internal const string Leaves = "select string_agg(relname || pg_get_expr(relpartbound, c.oid), ' ' order by relname) "
        + "from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'app.events'::regclass";

    static int Kills => Campaign.Full ? 25 : 1;

    // One rollup every second, so that there is always something to do. The time of nights is half a day away.
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
            partitions: { app.events: { by: day, every: month, premake: 6, from: 2026-01-01, check: 1s } }
            warehouse:
              facts: { sales: { grain: [number], dates: [day], degenerate: { number: integer }, measures: { amount: { type: integer } } } }
              rollups: { by_month: { fact: sales, date: day, measures: { amount: sum }, refresh: 1s } }
            pipelines:
              orders: { files: "in-*.csv", columns: { id: integer, words: text }, into: app.orders, after: [places] }
              places: { files: places.csv, columns: { name: text }, into: app.places, every: 1s }
              nights: { files: nights.csv, columns: { id: integer }, into: app.nights,
                schedule: "0 {{(DateTime.UtcNow.Hour + 12) % 24}} * * *" }
        """;

    internal static async Task<EstateHarness> MakeAsync(TestServer server, string estate)
    {
        var harness = new EstateHarness(server, Yaml(estate));
        harness.Write("migrations/0001_events.sql", """
            create table app.events (day date not null) partition by range (day);
            create table app.orders (id integer primary key, words text);
            create table app.places (name text primary key);
            create table app.nights (id integer primary key);
            """);
        harness.Write("places.csv", "name\nOslo\n");
        harness.Write("nights.csv", "id\n1\n");
        File(harness, 1);
        await harness.ConvergeAsync();
        return harness;
    }

    // Two rows of its own in each.
    static void File(EstateHarness estate, int number) =>
        estate.Write($"in-{number}.csv", $"id,words\n{number * 2},a\n{number * 2 + 1},b\n");

    static Task LoadedAsync(EstateHarness estate, string database, int files) =>
        Patience.UntilAsync($"{files} files are loaded", async () =>
            files * 2 == await estate.Server.ScalarAsync<long>("select count(*) from app.orders", database));

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
    public async Task Of_two_one_acts_and_whatever_happens_to_them_the_end_is_the_same(int major)
    {
        using var estate = await MakeAsync(await TestServer.StartOwnAsync(major), "served");
        var expected = (await estate.Server.ScalarAsync<string>(Leaves, "served"))!;
        await SpoilAsync(estate, "served");
        using var first = await Served.StartAsync(estate.Folder);
        await first.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "served", expected);
        await LoadedAsync(estate, "served", 1);
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"live\"}\n"), await first.GetAsync("/health/live"));
        // What comes from outside has limits.
        Assert.Equal((404, 405, 431, 414), (await first.AskAsync("GET", "/"), await first.AskAsync("POST", "/metrics"),
            await first.AskAsync("GET", "/metrics", new string('x', 9000)), await first.AskAsync("GET", $"/{new string('x', 3000)}")));

        using var second = await Served.StartAsync(estate.Folder, "--grace", "1");
        var ready = await second.ReadyAsync(HttpStatusCode.OK, "\"role\":\"standby\"");
        Assert.Contains($"(pid {first.Pid})", ready["servers"]![0]!["leader"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(ready["chores"]!.AsArray(), static chore => Assert.Equal("idle", chore!["state"]!.GetValue<string>()));
        await MetricsAsync(first, second);
        // `upkeep --once` beside it: somebody acts already.
        var (exit, told, _) = await Tool.RunAsync("upkeep", estate.Folder, "--once", "--json");
        Assert.Equal((0, 3), (exit, told.Split("\"outcome\":\"elsewhere\"").Length - 1));

        // Killed without a word, at whatever it is doing just then; three nights ago somebody was there last.
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>("select count(*) from app.nights", "served"));
        await estate.Server.ExecuteAsync(
            "update howdah.load_run set dealt = now() - interval '3 days' where pipeline = 'nights' and finished is null", "served");
        File(estate, 2);
        await first.KillAsync();
        await SpoilAsync(estate, "served");
        await second.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "served", expected);
        await LoadedAsync(estate, "served", 2);
        // Of the three one is made up for, and the next is the one that is to come.
        await second.SaysAsync("\"chore\":\"pipeline nights of served\"");
        (exit, told, _) = await Tool.RunAsync("load", "schedule", "--dir", estate.Folder, "--json");
        var nights = JsonNode.Parse(told)!.AsArray().Single(static each => each!["pipeline"]!.GetValue<string>() == "nights")!;
        Assert.Equal((0, "done", "1 source loaded: 1 rows, 0 refused"),
            (exit, nights["outcome"]!.GetValue<string>(), nights["message"]!.GetValue<string>()));
        Assert.True(string.CompareOrdinal(nights["next"]!.GetValue<string>(), nights["last"]!.GetValue<string>()) > 0, told);

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
        Assert.DoesNotContain("lead given up", second.Said, StringComparison.Ordinal);

        // Stopped in the middle of a refresh and a load that get no lock: called off, nothing of them is there, the end is a good one.
        await using (var blocker = await estate.Server.OpenAsync("served"))
        {
            await using var transaction = await blocker.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("lock table dw.by_month, app.orders in access exclusive mode", blocker,
                transaction))
                await hold.ExecuteNonQueryAsync();
            await estate.Server.ExecuteAsync(
                "insert into dw.sales (day, number, amount, batch) values ('2026-01-10', (select count(*) from dw.sales), 2, 1)", "served");
            File(estate, 3);
            foreach (var chore in (string[])["rollup by_month", "pipeline orders"])
                await second.ReadyAsync(HttpStatusCode.OK, $"\"chore\":\"{chore} of served\",\"server\":\"main\",\"state\":\"running\"");
            second.Signal("TERM");
            Assert.Equal(0, await second.EndAsync());
        }
        foreach (var chore in (string[])["rollup by_month", "pipeline orders"])
            Assert.Contains($"\"event\":\"chore called off\",\"server\":\"main\",\"chore\":\"{chore} of served\"", second.Said,
                StringComparison.Ordinal);
        Assert.Contains("\"event\":\"stopped\"", second.Said, StringComparison.Ordinal);
        Assert.True(await estate.Server.ScalarAsync<bool>(
            "select (select sum(amount) from dw.sales) = 2 + (select sum(sum_amount) from dw.by_month)", "served"));
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where application_name like 'howdah serve%' or datname = 'served' and pid <> "
            + "pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'", "served"));
        Assert.Equal(4L, await estate.Server.ScalarAsync<long>("select count(*) from app.orders", "served"));

        estate.Write(Yaml("served"));
        await KilledAsync(estate, expected, new(20261126 + major));
    }

    // At any moment, again and again; then one that is left alone ends as if none had been killed.
    static async Task KilledAsync(EstateHarness estate, string expected, Random random)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            File(estate, 4 + kill);
            using var killed = await Served.StartAsync(estate.Folder);
            await MendedAsync(estate, "served", expected);
            await SpoilAsync(estate, "served");
            // Not a wait for anything: the point at which it is killed.
            await Task.Delay(random.Next(0, 1200));
            await killed.KillAsync();
        }
        // The last one finds the server away, and then everything that is left to do.
        await estate.Server.StopAsync("fast");
        using var last = await Served.StartAsync(estate.Folder);
        var unready = await last.ReadyAsync(HttpStatusCode.ServiceUnavailable, "server main: away");
        Assert.Equal("unready", unready["status"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await last.GetAsync("/health/live")).Status);
        await estate.Server.StartAsync();
        await last.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "served", expected);
        await LoadedAsync(estate, "served", 3 + Kills);
        Assert.DoesNotContain("\"level\":\"error\"", last.Said, StringComparison.Ordinal);
        Assert.Equal($"orders {3 + Kills} {6 + 2 * Kills}, nights 1 1, places 1 1", await estate.Server.ScalarAsync<string>("""
            select string_agg(format('%s %s %s', pipeline, batches, rows), ', ' order by rows desc, pipeline) from (
              select pipeline, count(*) as batches, sum(rows_loaded) as rows from howdah.load_batch group by pipeline) b
            """, "served"));
        await AwayAsync(estate, expected, last);
    }

    static async Task AwayAsync(EstateHarness estate, string expected, Served served)
    {
        await estate.Server.StopAsync("fast");
        await served.ReadyAsync(HttpStatusCode.ServiceUnavailable, "server main: away");
        await estate.Server.StartAsync();
        await SpoilAsync(estate, "served");
        await served.ReadyAsync(HttpStatusCode.OK, "\"role\":\"leader\"");
        await MendedAsync(estate, "served", expected);
        // Its connection cut alone: the lead is lost, and taken again.
        await estate.Server.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'howdah serve%'");
        await served.SaysAsync("\"event\":\"lead taken\"", 3);
        served.Signal("INT");
        Assert.Equal(0, await served.EndAsync());
    }

    static async Task MetricsAsync(Served leader, Served standby)
    {
        const string Rollup = "{server=\"main\",database=\"served\",kind=\"rollup\",subject=\"by_month\"";
        const string Orders = "{server=\"main\",database=\"served\",kind=\"pipeline\",subject=\"orders\"";
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
        Assert.Equal(2, told[$"howdah_chore_work_total{Orders},what=\"loaded\"}}"]);
        Assert.DoesNotContain("password", text, StringComparison.OrdinalIgnoreCase);

        (_, text) = await standby.GetAsync("/metrics");
        told = ExpositionCheck.Read(text);
        Assert.Equal((0, 1, 0), (told["howdah_leader{server=\"main\"}"], told["howdah_server_up{server=\"main\"}"],
            told[$"howdah_chore_runs_total{Rollup},outcome=\"done\"}}"]));
        Assert.DoesNotContain("due_timestamp", text, StringComparison.Ordinal);
    }
}
