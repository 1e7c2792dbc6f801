using System.Diagnostics;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>
/// The wire to the server is cut: in the middle of a step, before a COMMIT, and between a COMMIT and its answer, where nobody can know
/// whether it was done without asking. A cut that heals is survived; one that does not is told, and the next run finishes.
/// </summary>
public sealed class LostConnectionTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Any_commit_may_lose_its_answer(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var calm = await CalmAsync(server);
        var commits = 0;
        using (var counting = new CuttingProxy(server.Port) { Judge = said => Commits(said, ref commits) })
        {
            await Sample.CleanAsync(server);
            using var sample = Sample.On(server, counting.Port);
            await sample.ApplyAsync();
        }
        Assert.True(commits > 30, $"{commits} commits are too few to be all");

        var random = new Random(20261124 + major);
        var chosen = Campaign.Full ? Enumerable.Range(1, commits)
            : Enumerable.Range(0, 4).Select(_ => random.Next(1, commits + 1)).Concat([1, 2, commits]).Distinct().Order();
        foreach (var nth in chosen)
        {
            // Every other cut is before the COMMIT is heard: the two look alike from here.
            var cut = nth % 2 == 0 ? CuttingProxy.Cut.Answer : CuttingProxy.Cut.Before;
            await SurviveAsync(server, calm, cut, nth);
            if (Campaign.Full)
                await SurviveAsync(server, calm, nth % 2 == 0 ? CuttingProxy.Cut.Before : CuttingProxy.Cut.Answer, nth);
        }
    }

    [Theory]
    [InlineData(15, "create table store.orders (", CuttingProxy.Cut.During)]
    [InlineData(18, "create table store.orders (", CuttingProxy.Cut.During)]
    [InlineData(15, "COMMIT\0", CuttingProxy.Cut.Answer)]
    [InlineData(18, "COMMIT\0", CuttingProxy.Cut.Answer)]
    [InlineData(18, "CREATE DATABASE", CuttingProxy.Cut.During)]
    [InlineData(18, "howdah.guard()", CuttingProxy.Cut.Before)]
    internal async Task A_wire_that_stays_cut_is_told_and_the_next_run_finishes(int major, string word, CuttingProxy.Cut cut)
    {
        var server = await TestServer.StartOwnAsync(major);
        var calm = await CalmAsync(server);
        await Sample.CleanAsync(server);
        using var proxy = new CuttingProxy(server.Port) { ForGood = true };
        using var sample = Sample.On(server, proxy.Port);
        Step? step = null;
        var result = await sample.Harness.ApplyAsync(new()
        {
            Allow = Enum.GetValues<HazardKind>().ToHashSet(),
            ReconnectPatience = TimeSpan.FromMilliseconds(500),
            Events = new Listener(happened =>
            {
                step = happened.Kind == ApplyEventKind.Began ? happened.Step : step;
                if (happened.Kind == ApplyEventKind.Began && proxy.Cuts == 0)
                    proxy.Judge = said => said.Contains(word, StringComparison.Ordinal) ? cut : CuttingProxy.Cut.No;
            }),
        });
        Assert.Equal(1, proxy.Cuts);
        Assert.Equal(ApplyOutcome.Failed, result.Outcome);
        Assert.StartsWith($"{step!.Object}: the connection to the server was lost", result.Message, StringComparison.Ordinal);
        Assert.Contains("run again when it can be reached", result.Message, StringComparison.Ordinal);
        Assert.Same(step, result.At);

        proxy.Mend();
        await FinishedAsync(server, sample, calm, $"cut for good at {word}");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_backend_nobody_listens_to_ends_and_the_next_run_goes_on(int major)
    {
        using var bare = await Sample.BareAsync(major);
        await bare.ApplyAsync();
        var server = bare.Server;
        // As on a server that is not ours: by itself it would work on to the end, and hold its locks.
        await server.ExecuteAsync("alter role howdah_admin set client_connection_check_interval = 0");
        // The rehearsal is on another database, where nobody holds this lock; the migration itself waits for it.
        await using var holder = await server.OpenAsync("store");
        await using (var hold = new NpgsqlCommand("select pg_advisory_lock(77)", holder))
            await hold.ExecuteNonQueryAsync();
        using var proxy = new CuttingProxy(server.Port) { ForGood = true };
        using var sample = Sample.On(server, proxy.Port);
        sample.Harness.Write("migrations/0002_waits.sql",
            "set local lock_timeout = 0;\nselect pg_catalog.pg_advisory_lock(77);\nselect pg_catalog.pg_advisory_unlock(77);\n");
        var result = await sample.Harness.ApplyAsync(new()
        {
            Allow = Enum.GetValues<HazardKind>().ToHashSet(),
            ReconnectPatience = TimeSpan.FromMilliseconds(500),
            Events = new Listener(happened =>
            {
                if (happened.Kind == ApplyEventKind.Began && proxy.Cuts == 0)
                    proxy.Judge = said => said.Contains("advisory_lock(77)", StringComparison.Ordinal) ? CuttingProxy.Cut.During
                        : CuttingProxy.Cut.No;
            }),
        });
        Assert.True(result.Outcome == ApplyOutcome.Failed && proxy.Cuts == 1, result.Message);
        var began = Stopwatch.StartNew();
        while (await server.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name = 'howdah apply'") > 0)
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(30), "the backend works on though nobody listens");
        await holder.CloseAsync();
        proxy.Mend();
        await sample.Harness.ConvergeAsync();
    }

    static async Task SurviveAsync(TestServer server, string calm, CuttingProxy.Cut cut, int nth)
    {
        await Sample.CleanAsync(server);
        var seen = 0;
        using var proxy = new CuttingProxy(server.Port);
        proxy.Judge = said => Commits(said, ref seen) is var _ && seen == nth && proxy.Cuts == 0
            && said.Contains("COMMIT\0", StringComparison.Ordinal) ? cut : CuttingProxy.Cut.No;
        using var sample = Sample.On(server, proxy.Port);
        var result = await sample.Harness.ApplyAsync();
        var what = $"{cut} at commit {nth}: {result.Message}";
        Assert.True(proxy.Cuts == 1, what);
        // The apply goes on by itself where it was in a step; lost while it only prepares or ends, it says so.
        Assert.True(result.Outcome == ApplyOutcome.Done
            || (result.At is null && result.Message.Contains("the connection to the server was lost", StringComparison.Ordinal)), what);
        if (result.Outcome == ApplyOutcome.Done)
        {
            foreach (var database in (string[])["store", "postgres"])
                Assert.True(await server.ScalarAsync<string>("select string_agg(outcome, ',') from howdah.run", database) == "done"
                    && await server.ScalarAsync<long>("select count(*) from howdah.run", database) == 1,
                    $"{what}: more runs than one in {database}, or one left open");
        }
        await FinishedAsync(server, sample, calm, what);
    }

    static CuttingProxy.Cut Commits(string said, ref int count)
    {
        if (said.Contains("COMMIT\0", StringComparison.Ordinal))
            Interlocked.Increment(ref count);
        return CuttingProxy.Cut.No;
    }

    static async Task<string> CalmAsync(TestServer server)
    {
        using var sample = Sample.On(server);
        await sample.ApplyAsync();
        return await CatalogDump.OfAsync(server, "store");
    }

    static async Task FinishedAsync(TestServer server, Sample sample, string calm, string what)
    {
        var again = await sample.Harness.ApplyAsync();
        Assert.True(again.Outcome is ApplyOutcome.Done or ApplyOutcome.NothingToDo, $"{what}; again: {again.Message}");
        Assert.Empty((await sample.Harness.PlanAsync()).Steps);
        Assert.True(calm == await CatalogDump.OfAsync(server, "store"), $"{what}: the catalogs differ");
        foreach (var database in (string[])["store", "postgres"])
        {
            Assert.Equal(0L, await server.ScalarAsync<long>(
                "select count(*) from (select step from howdah.journal where state = 'done' group by step having count(*) > 1) twice",
                database));
            Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from howdah.journal where state = 'running'", database));
            Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from howdah.run where ended is null", database));
        }
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from pg_database where datname like 'howdah%'"));
    }

    sealed class Listener(Action<ApplyEvent> act) : IProgress<ApplyEvent>
    {
        public void Report(ApplyEvent value) => act(value);
    }
}
