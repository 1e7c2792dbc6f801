using System.Net;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>What takes too long, and what nobody was there for.</summary>
public sealed class Limits_of_serve
{
    public static TheoryData<int> Versions => Campaign.On(0);

    static string Yaml => $$"""
        howdah: 1
        estate: limited
        SERVERS
        roles: { limited_owner: {} }
        databases:
          limited:
            owner: limited_owner
            schemas: [app]
            migrations: migrations/
            warehouse:
              facts: { sales: { grain: [number], dates: [day], degenerate: { number: integer }, measures: { amount: { type: integer } } } }
              rollups: { by_month: { fact: sales, date: day, measures: { amount: sum }, refresh: 1d, timeout: 1s },
                seldom: { fact: sales, date: day, measures: { amount: sum }, refresh: 60d, timeout: 24d } }
            pipelines:
              orders: { files: orders.csv, columns: { id: integer }, into: app.orders, every: 1d, timeout: 1s }
              nights: { files: orders.csv, columns: { id: integer }, into: app.nights, missed: skip,
                schedule: "0 {{(DateTime.UtcNow.Hour + 12) % 24}} * * *" }
        """;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_takes_too_long_is_rolled_back_and_tried_again_and_what_was_missed_is_left_out(int major)
    {
        using var estate = new EstateHarness(await TestServer.GetAsync(major), Yaml);
        estate.Write("migrations/0001_orders.sql", "create table app.orders (id integer); create table app.nights (id integer);");
        estate.Write("orders.csv", "id\n1\n2\n");
        await estate.ConvergeAsync();
        await estate.Server.ExecuteAsync("""
            insert into dw.sales (day, number, amount, batch) values ('2026-01-10', 1, 2, 1);
            insert into howdah.load_run (pipeline, dealt) values ('nights', now() - interval '3 days')
            """, "limited");
        const string Labels = "{server=\"main\",database=\"limited\",kind=\"pipeline\",subject=\"orders\"";
        const string Rollup = "{server=\"main\",database=\"limited\",kind=\"rollup\",subject=\"by_month\"";

        Served served;
        await using (var blocker = await estate.Server.OpenAsync("limited"))
        {
            await using var transaction = await blocker.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("lock table app.orders, dw.by_month in access exclusive mode", blocker, transaction))
                await hold.ExecuteNonQueryAsync();
            served = await Served.StartAsync(estate.Folder);
            foreach (var chore in (string[])["pipeline orders", "rollup by_month"])
                await served.SaysAsync($"\"event\":\"chore timed out\",\"server\":\"main\",\"chore\":\"{chore} of limited\"");
            Assert.Contains("it took longer than its timeout of 1s, so it was called off", served.Said, StringComparison.Ordinal);
            await served.ReadyAsync(HttpStatusCode.OK,
                "\"chore\":\"pipeline orders of limited\",\"server\":\"main\",\"state\":\"timed_out\"");
            // An interval longer than any timer: it is waited for all the same.
            await served.SaysAsync("\"event\":\"chore done\",\"server\":\"main\",\"chore\":\"rollup seldom of limited\"");
            await served.ReadyAsync(HttpStatusCode.OK, "\"chore\":\"rollup seldom of limited\",\"server\":\"main\",\"state\":\"due\"");
            var told = ExpositionCheck.Read((await served.GetAsync("/metrics")).Text);
            foreach (var labels in (string[])[Labels, Rollup])
            {
                Assert.True(told[$"howdah_chore_runs_total{labels},outcome=\"timed_out\"}}"] >= 1);
                Assert.Equal((0, 1), (told[$"howdah_chore_runs_total{labels},outcome=\"failed\"}}"],
                    told[$"howdah_chore_timeout_seconds{labels}}}"]));
            }
            Assert.Equal(3, told[$"howdah_chore_missed_total{Labels.Replace("orders", "nights", StringComparison.Ordinal)}}}"]);
            // Of what was called off nothing waits on the server.
            Assert.Equal("failed", await estate.Server.ScalarAsync<string>(
                "select outcome from howdah.load_run where pipeline = 'orders'", "limited"));
        }
        using (served)
        {
            Assert.Contains("3 at which nobody served", served.Said, StringComparison.Ordinal);
            served.Signal("TERM");
            Assert.Equal(0, await served.EndAsync());
        }
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>("select count(*) from app.nights", "limited"));
        var (exit, listed, error) = await Tool.RunAsync("load", "schedule", "--dir", estate.Folder);
        Assert.True(exit == 0 && listed.Contains("missed times left out", StringComparison.Ordinal), listed + error);

        await UpkeepAsync(estate);
    }

    // A round for cron keeps to the limit, too, and goes on with what comes next.
    static async Task UpkeepAsync(EstateHarness estate)
    {
        await using var blocker = await estate.Server.OpenAsync("limited");
        await using var transaction = await blocker.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("lock table dw.by_month in access exclusive mode", blocker, transaction);
        await hold.ExecuteNonQueryAsync();
        await estate.Server.ExecuteAsync("insert into dw.sales (day, number, amount, batch) values ('2026-01-10', 2, 2, 1)", "limited");
        var (exit, told, error) = await Tool.RunAsync("upkeep", estate.Folder, "--once");
        Assert.True(exit == 1 && (told + error).Contains("it took longer than its timeout of 1s", StringComparison.Ordinal), told + error);
    }
}
