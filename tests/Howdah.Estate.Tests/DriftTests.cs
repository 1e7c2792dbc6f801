using Howdah.Engine.Applying;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>Somebody changes the database by hand: the plan has exactly the step that mends it, and after apply it is empty.</summary>
public sealed class DriftTests(SampleOn18 on) : IClassFixture<SampleOn18>
{
    public static TheoryData<string, string, string> Drifts => new()
    {
        { "policy weakened", "alter policy howdah_floor on store.orders using (true)", "tenancy/store/store.orders/floor" },
        { "extra policy", "create policy helpful on store.orders using (true)", "tenancy/store/store.orders/floor" },
        { "FORCE dropped", "alter table store.orders no force row level security", "tenancy/store/store.orders/floor" },
        { "row-level security disabled", "alter table store.orders disable row level security", "tenancy/store/store.orders/floor" },
        { "grant added", "grant truncate on store.orders to store_app", "grants/store/table store.orders/store_app" },
        { "grant taken", "revoke delete on store.orders from store_app", "grants/store/table store.orders/store_app" },
        { "column grant", "grant update (order_id) on store.orders to store_backup", "grants/store/table store.orders/store_backup" },
        { "role attribute", "alter role store_app createdb", "roles/main/store_app" },
        { "membership", "grant store_owner to store_app", "roles/main/" },
        { "setting", "alter role store_app set work_mem = '1GB'", "roles/main/store_app" },
        { "database setting", "alter database store set work_mem = '1GB'", "databases/main/store" },
        { "password", "alter role store_app password 'somebody else knows it'", "roles/main/store_app" },
        { "default privilege",
            "alter default privileges for role store_owner in schema store grant select on tables to store_app",
            "default_privileges/store/" },
        { "functions open again",
            "alter default privileges for role store_owner grant execute on functions to public", "default_privileges/store/" },
        { "database opened", "grant connect on database store to public", "grants/store/database store/public" },
        { "schema opened", "grant create on schema store to store_app", "grants/store/schema store/store_app" },
        { "guard disabled", "alter event trigger howdah_guard disable", "tenancy/store/guard" },
        { "function changed", "create or replace function howdah.lift_floor() returns regclass[] language sql as 'select null::regclass[]'",
            "tenancy/store/function/lift_floor" },
        { "index invalid", "update pg_index set indisvalid = false where indexrelid = 'store.orders_customer_idx'::regclass",
            "migrations/store/index store.orders_customer_idx/rebuild" },
    };

    [Theory]
    [MemberData(nameof(Drifts))]
    public async Task Exactly_the_drift_is_mended(string what, string sql, string step)
    {
        await on.Sample.Server.ExecuteAsync(sql, "store");
        var plan = await on.Sample.Harness.PlanAsync();
        Assert.True(plan.Steps.Count == 1, $"{what}: {string.Join(", ", plan.Steps.Select(each => each.Id))}");
        Assert.StartsWith(step, plan.Steps[0].Id, StringComparison.Ordinal);
        Assert.Equal(2, await CheckAsync());
        await on.Sample.Harness.ConvergeAsync();
        Assert.Equal(0, await CheckAsync());
        var findings = await on.Sample.Harness.ProveAsync();
        Assert.DoesNotContain(findings, finding => finding.Verdict == Howdah.Engine.Proving.Verdict.Broken);
    }

    Task<int> CheckAsync() => Howdah.Cli.Program.Root().Parse(["plan", "--check", on.Sample.Harness.Folder]).InvokeAsync();

    [Fact]
    public async Task A_stale_saved_plan_is_refused()
    {
        await on.Sample.Server.ExecuteAsync("alter role store_app createdb", "store");
        var saved = PlanFile.Read(PlanFile.Write(await on.Sample.Harness.PlanAsync()));
        await on.Sample.Server.ExecuteAsync("grant truncate on store.orders to store_app", "store");
        var result = await on.Sample.Harness.ApplyAsync(new() { Saved = saved });
        Assert.Equal(ApplyOutcome.Refused, result.Outcome);
        Assert.Contains("stale", result.Message, StringComparison.Ordinal);
        await on.Sample.Harness.ConvergeAsync();
    }

    [Fact]
    public async Task A_saved_plan_is_done_as_saved()
    {
        await on.Sample.Server.ExecuteAsync("alter role store_app createdb", "store");
        var saved = PlanFile.Read(PlanFile.Write(await on.Sample.Harness.PlanAsync()));
        var result = await on.Sample.Harness.ApplyAsync(new() { Saved = saved });
        Assert.True(result.Outcome == ApplyOutcome.Done, result.Message);
        Assert.Equal(1, result.DoneSteps);
    }

    [Fact]
    public async Task Two_applies_at_once_do_each_thing_once()
    {
        await on.Sample.Server.ExecuteAsync("alter role store_app createdb; grant truncate on store.orders to store_app", "store");
        var results = await Task.WhenAll(on.Sample.Harness.ApplyAsync(), on.Sample.Harness.ApplyAsync());
        Assert.All(results, result => Assert.True(result.Outcome is ApplyOutcome.Done or ApplyOutcome.NothingToDo, result.Message));
        Assert.Equal(2, results.Sum(result => result.DoneSteps));
    }
}

/// <summary>The sample, applied and loaded once, for tests that leave it as they found it.</summary>
public sealed class SampleOn18 : IAsyncLifetime
{
    internal Sample Sample { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Sample = await Sample.UpAsync(18);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Sample.Dispose();
        return ValueTask.CompletedTask;
    }
}
