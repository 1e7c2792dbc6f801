using Howdah.Engine.Applying;
using Howdah.Engine.Proving;
using Howdah.Patterns.Data.Loading;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>What the sample promises, on both ends of the supported versions.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task The_sample_converges_holds_its_figures_and_its_proof(int major)
    {
        using var sample = await Sample.UpAsync(major, warehouse: true);

        Assert.Equal(ApplyOutcome.NothingToDo, (await sample.ApplyAsync()).Outcome);
        Assert.Equal(9994L, await sample.Server.ScalarAsync<long>("select count(*) from store.order_lines", "store"));
        Assert.Equal(2297200.8603m, await sample.Server.ScalarAsync<decimal>("select sum(sales) from store.order_lines", "store"));
        Assert.Equal(286397.0217m, await sample.Server.ScalarAsync<decimal>("select sum(profit) from store.order_lines", "store"));
        Assert.Equal(5009L, await sample.Server.ScalarAsync<long>("select count(*) from store.orders", "store"));
        Assert.Equal(49L, await sample.Server.ScalarAsync<long>("select count(*) from howdah.tenants", "store"));
        Assert.Equal(2001L, await CountAsync(sample, "California"));
        Assert.Equal(1L, await CountAsync(sample, "Wyoming"));
        await Star_of_the_sample.HoldsAsync(sample);

        var findings = await sample.Harness.ProveAsync();
        Assert.Empty(findings.Where(finding => finding.Verdict != Verdict.Held)
            .Select(finding => $"{finding.Attack.Id} {finding.Target}: {finding.Evidence}"));
        Assert.True(findings.Count > 100, "the proof has become small");
    }

    [Fact]
    public async Task Loading_again_loads_nothing()
    {
        using var sample = await Sample.UpAsync(18);
        var again = Assert.Single(await DataLoader.RunAsync(await sample.OpenAsync(), null, CancellationToken.None));
        Assert.False(again.Loaded);
        Assert.Equal(9994L, again.Rows);
        Assert.Equal(9994L, await sample.Server.ScalarAsync<long>("select count(*) from store.order_lines", "store"));
    }

    [Fact]
    public async Task Proving_leaves_nothing_behind()
    {
        using var sample = await Sample.UpAsync(18);
        var before = await WitnessAsync(sample);
        await sample.Harness.ProveAsync();
        Assert.Equal(before, await WitnessAsync(sample));
    }

    [Fact]
    public async Task Planning_writes_nothing()
    {
        using var sample = await Sample.BareAsync(18);
        // Any write now fails: the plan of a fresh server is made all the same.
        await sample.Server.ExecuteAsync("alter system set default_transaction_read_only = on");
        await sample.Server.ExecuteAsync("select pg_reload_conf()");
        var plan = await sample.Harness.PlanAsync(rehearse: false);
        Assert.True(plan.Steps.Count > 20);
    }

    static async Task<string> WitnessAsync(Sample sample) =>
        await CatalogDump.OfAsync(sample.Server, "store")
        + await sample.Server.ScalarAsync<string>(
            "select md5(string_agg(l::text, '' order by tenant_id, row_id)) from store.order_lines l", "store")
        + await sample.Server.ScalarAsync<string>("select md5(string_agg(o::text, '' order by tenant_id, order_id)) from store.orders o",
            "store");

    static async Task<long> CountAsync(Sample sample, string tenant)
    {
        var session = await sample.OpenAsync();
        await using var admin = await session.Servers["main"].OpenAdminAsync("store", CancellationToken.None);
        var id = (await new TenantRegistry(admin, "main").FindAsync(tenant, CancellationToken.None))!.Id;
        await using var login = await session.Servers["main"].OpenLoginAsync("store_app", "store", CancellationToken.None);
        await using var transaction = await login.BeginTransactionAsync();
        await using (var become = new NpgsqlCommand("select set_config('howdah.tenant', $1, true)",
            login) { Parameters = { new() { Value = id.ToString() } } })
            await become.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("select count(*) from store.order_lines", login);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
