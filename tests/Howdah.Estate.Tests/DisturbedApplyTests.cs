using System.Text;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>What happens to an apply while it works: lost backends, a server that restarts, blockers, a request to stop, another
/// estate.</summary>
public sealed class DisturbedApplyTests
{
    static readonly HashSet<HazardKind> All = [.. Enum.GetValues<HazardKind>()];

    [Fact]
    public async Task A_backend_that_is_ended_at_each_kind_of_point_is_survived()
    {
        foreach (var point in (string[])["/role", "databases/main/store/create: sent", "floor: sent", "floor: before commit",
            "floor: committed", "migrations/store/0001_tables: sent"])
        {
            using var sample = await Sample.BareAsync(18);
            var hit = false;
            var result = await sample.Harness.ApplyAsync(new()
            {
                Allow = All,
                Fault = passed =>
                {
                    if (hit || !passed.Contains(point, StringComparison.Ordinal))
                        return;
                    hit = true;
                    sample.Server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'howdah "
                        + "apply'")
                        .GetAwaiter().GetResult();
                },
            });
            Assert.True(hit || point == "/role", $"{point} was never passed");
            Assert.True(result.Outcome == ApplyOutcome.Done, $"{point}: {result.Message}");
            Assert.Equal(0L, await sample.Server.ScalarAsync<long>(
                "select count(*) from (select step from howdah.journal where state = 'done' group by step having count(*) > 1) twice",
                    "store"));
        }
    }

    [Fact]
    public async Task A_server_that_crashes_in_the_middle_is_told_and_the_next_run_finishes()
    {
        using var sample = await Sample.BareAsync(18);
        var hit = false;
        var result = await sample.Harness.ApplyAsync(new()
        {
            Allow = All,
            LockPatience = TimeSpan.FromSeconds(2),
            Fault = passed =>
            {
                if (hit || !passed.Contains("store.orders/floor: sent", StringComparison.Ordinal))
                    return;
                hit = true;
                sample.Server.StopAsync().GetAwaiter().GetResult();
            },
        });
        Assert.True(hit);
        Assert.Equal(ApplyOutcome.Failed, result.Outcome);
        Assert.NotEqual("", result.Message);
        await sample.Server.StartAsync();
        await sample.Harness.ConvergeAsync();
    }

    [Fact]
    public async Task A_lock_that_is_not_to_be_had_is_told_with_its_holder_and_without_the_query()
    {
        using var sample = await Sample.UpAsync(18);
        await sample.Server.ExecuteAsync("alter table store.orders no force row level security", "store");
        await using var holder = await sample.Server.OpenAsync("store");
        await using (var command = new Npgsql.NpgsqlCommand("begin; select 'secret literal', count(*) from store.orders", holder))
            await command.ExecuteNonQueryAsync();
        var heard = new StringBuilder();
        var result = await sample.Harness.ApplyAsync(new()
        {
            LockPatience = TimeSpan.FromSeconds(1),
            Events = new Listener(happened => heard.Append(happened.Message).Append('\n')),
        });
        Assert.Equal(ApplyOutcome.Failed, result.Outcome);
        Assert.Contains($"pid {holder.ProcessID}", result.Message, StringComparison.Ordinal);
        Assert.Contains($"pid {holder.ProcessID}", heard.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret literal", result.Message + heard, StringComparison.Ordinal);
        await holder.CloseAsync();
        await sample.Harness.ConvergeAsync();
    }

    [Fact]
    public async Task A_request_to_stop_undoes_the_step_in_hand_and_the_next_run_goes_on()
    {
        using var sample = await Sample.BareAsync(18);
        using var stop = new CancellationTokenSource();
        var result = await (await sample.OpenAsync()).ApplyAsync(new()
        {
            Allow = All,
            Fault = passed =>
            {
                if (passed.Contains("migrations/store/0001_tables: sent", StringComparison.Ordinal))
                    stop.Cancel();
            },
        }, stop.Token);
        Assert.Equal(ApplyOutcome.Stopped, result.Outcome);
        Assert.Contains("0001_tables", result.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await sample.Server.ScalarAsync<long>("select count(*) from pg_class where relname = 'orders'", "store"));
        await sample.Harness.ConvergeAsync();
    }

    [Fact]
    public async Task Another_apply_of_the_same_estate_is_told_and_refused_after_the_wait()
    {
        using var sample = await Sample.BareAsync(18);
        await using var other = await sample.Server.OpenAsync();
        await using (var command = new Npgsql.NpgsqlCommand($"select pg_advisory_lock({0x484F5744}, {EstateLock.KeyOf("superstore")})",
            other))
            await command.ExecuteNonQueryAsync();
        var result = await sample.Harness.ApplyAsync(new() { EstateLockWait = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(ApplyOutcome.Refused, result.Outcome);
        Assert.Contains($"pid {other.ProcessID}", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_stand_in_no_plan_journal_log_or_activity()
    {
        using var sample = await Sample.BareAsync(18);
        await sample.Server.ExecuteAsync("alter system set log_statement = 'all'");
        await sample.Server.ExecuteAsync("select pg_reload_conf()");
        var session = await sample.OpenAsync();
        var plan = PlanFile.Write(await session.PlanAsync(rehearse: true, CancellationToken.None));
        await sample.Harness.ConvergeAsync();
        var password = new Npgsql.NpgsqlConnectionStringBuilder(session.Servers["main"]
            .LoginConnectionString("store_app", "store")).Password!;
        var verifier = await sample.Server.ScalarAsync<string>("select rolpassword from pg_authid where rolname = 'store_app'");
        var journal = await sample.Server.ScalarAsync<string>("select string_agg(j::text, E'\\n') from howdah.journal j");
        var log = await File.ReadAllTextAsync(sample.Server.Log);
        foreach (var text in (string[])[plan, journal!, log])
        {
            Assert.DoesNotContain(password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(verifier!.Split('$')[^1], text, StringComparison.Ordinal);
        }
        Assert.StartsWith("SCRAM-SHA-256$", verifier, StringComparison.Ordinal);
    }

    sealed class Listener(Action<ApplyEvent> act) : IProgress<ApplyEvent>
    {
        public void Report(ApplyEvent value) => act(value);
    }
}
