using System.Globalization;
using Howdah.Engine.Upkeep;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class Upkeep_of_the_tool
{
    public static TheoryData<int> Versions => [18, 15];

    static int Kills => Campaign.Full ? 25 : 2;

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
            partitions: { app.events: { by: day, every: month, premake: 6, from: 2026-01-01 } }
            warehouse:
              facts: { sales: { grain: [number], dates: [day], degenerate: { number: integer }, measures: { amount: { type: integer } } } }
              rollups: { by_month: { fact: sales, date: day, measures: { amount: sum } } }
        """;

    static async Task<EstateHarness> MakeAsync(int major, string estate)
    {
        var harness = new EstateHarness(await TestServer.GetAsync(major), Yaml(estate));
        harness.Write("migrations/0001_events.sql", "create table app.events (day date not null) partition by range (day);");
        await harness.ConvergeAsync();
        return harness;
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Acts_once_and_killed_anywhere_ends_the_same(int major)
    {
        using var estate = await MakeAsync(major, "kept");
        var expected = await estate.Server.ScalarAsync<string>(Serve_of_the_tool.Leaves, "kept");
        Task SpoilAsync() => estate.Server.ExecuteAsync("""
            drop table app.events_p202601, app.events_p202602, app.events_p202603;
            insert into dw.sales (day, number, amount, batch) values ('2026-01-10', (select count(*) from dw.sales), 2, 1)
            """, "kept");
        async Task<string> UpkeepAsync()
        {
            var (exit, told, error) = await Tool.RunAsync("upkeep", estate.Folder, "--once", "--json");
            Assert.True(exit == 0, told + error);
            return told;
        }

        await SpoilAsync();
        var told = await UpkeepAsync();
        Assert.Contains("\"chore\":\"partitions of kept\",\"server\":\"main\",\"outcome\":\"done\",\"message\":\"3 steps done\"", told,
            StringComparison.Ordinal);
        Assert.Equal(expected, await estate.Server.ScalarAsync<string>(Serve_of_the_tool.Leaves, "kept"));
        Assert.Equal(2L, await estate.Server.ScalarAsync<long>("select sum_amount::bigint from dw.by_month", "kept"));

        // While another leads, nothing is done, and it is told who leads.
        await SpoilAsync();
        await using (var other = (await Leadership.TakeAsync((await estate.OpenAsync()).Servers["main"], "kept", "the other",
            CancellationToken.None)).Taken)
        {
            Assert.NotNull(other);
            told = await UpkeepAsync();
            Assert.Equal(2, told.Split("\"outcome\":\"elsewhere\"").Length - 1);
            Assert.Contains("application the other", told, StringComparison.Ordinal);
            Assert.Equal(2L, await estate.Server.ScalarAsync<long>("select sum(sum_amount)::bigint from dw.by_month", "kept"));
        }

        var random = new Random(20261126 + major);
        for (var kill = 0; kill < Kills; kill++)
        {
            using (var upkeep = Tool.Start("upkeep", estate.Folder, "--once"))
            {
                // Not a wait for anything: the point at which it is killed.
                await Task.Delay(random.Next(200, 1500));
                upkeep.Kill();
                await upkeep.WaitForExitAsync();
            }
            await Patience.UntilAsync("the killed one's sessions end", async () => await estate.Server.ScalarAsync<long>(
                "select count(*) from pg_locks where locktype = 'advisory' and classid::bigint = "
                + Leadership.ClassId.ToString(CultureInfo.InvariantCulture)) == 0);
            await UpkeepAsync();
            Assert.Equal(expected, await estate.Server.ScalarAsync<string>(Serve_of_the_tool.Leaves, "kept"));
            Assert.Equal(await estate.Server.ScalarAsync<long>("select sum(amount) from dw.sales", "kept"),
                await estate.Server.ScalarAsync<long>("select sum(sum_amount)::bigint from dw.by_month", "kept"));
            await SpoilAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Of_two_at_once_one_acts_and_a_lost_lead_ends_the_act(int major)
    {
        using var estate = await MakeAsync(major, "led");
        await estate.Server.ExecuteAsync("create table app.acts (n int)", "led");
        var session = await estate.OpenAsync();
        var begun = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        Chore chore = new("counted", "main", async (_, token) =>
        {
            await estate.Server.ExecuteAsync("insert into app.acts values (1)", "led");
            begun.TrySetResult();
            await end.Task.WaitAsync(token);
            return "counted";
        });
        Chore failing = new("failing", "main", (_, _) => throw new InvalidOperationException("it cannot"));
        UpkeepOptions options = new() { Who = "led here", Look = TimeSpan.FromMilliseconds(20) };
        Task<IReadOnlyList<ChoreResult>> Round(params Chore[] chores) =>
            UpkeepRound.RunAsync(session, chores, options, CancellationToken.None);

        var first = Round(chore, failing);
        await begun.Task;
        var second = Assert.Single(await Round(chore));
        Assert.Equal(ChoreOutcome.Elsewhere, second.Outcome);
        Assert.Contains("application led here", second.Message, StringComparison.Ordinal);
        end.SetResult();
        Assert.Equal(["Done counted", "Failed it cannot"], (await first).Select(static each => $"{each.Outcome} {each.Message}"));
        Assert.Equal(1L, await estate.Server.ScalarAsync<long>("select count(*) from app.acts", "led"));

        (begun, end) = (new(), new());
        var lost = Round(chore, chore);
        await begun.Task;
        await estate.Server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'led here'");
        Assert.All(await lost, static each => Assert.Equal((ChoreOutcome.Failed, true),
            (each.Outcome, each.Message.StartsWith("the session that held the lead ended", StringComparison.Ordinal))));
        Assert.Equal(2L, await estate.Server.ScalarAsync<long>("select count(*) from app.acts", "led"));
    }
}
