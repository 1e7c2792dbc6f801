using System.Globalization;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests.Tenancy.Archiving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

/// <summary><c>tenant create</c>, suspend and resume in a process that kills itself at every point there is: the same call finishes, and
/// nothing is left of the half. Each point on one version, or on both with HOWDAH_FULL=1.</summary>
public sealed class Killed_creations
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_finished_by_the_same_call(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        var market = luggage.Market;
        await using var tenants = await market.TenantsAsync();
        foreach (var model in Enum.GetValues<TenancyModel>())
        {
            var (code, points) = await luggage.CrashAsync("create", "0", $"{model} whole", $"{model}");
            Assert.Equal(0, code);
            Assert.Contains("made", points);
            foreach (var point in Campaign.Points(points.Count, major))
            {
                if (model == TenancyModel.Databases)
                    await DropTemplateAsync(market); // so that its points are passed once more
                var name = $"{model} {point}";
                var killed = await luggage.CrashAsync("create", point.ToString(CultureInfo.InvariantCulture), name, $"{model}");
                Assert.True(killed.Code == 137, $"{model}, point {point} of {string.Join(", ", points)}: not killed");
                var there = await tenants.Registry.FindAsync(name, default);
                Assert.True(there is null or { State: "creating" } or { State: "active" }
                    && (there?.State != "active" || points[point - 1] == "made"),
                    $"{model}, killed at {points[point - 1]}: {there}");
                var tenant = await tenants.CreateAsync(name, model, null, default);
                Assert.Equal(("active", model), (tenant.State, tenant.Home.Model));
                await using var login = await market.LoginAsync(tenant);
                Assert.Equal(0L, await Market.RunAsync(login, "select count(*) from orders"));
            }
            await luggage.CleanAsync();
        }
    }

    // CREATE DATABASE goes on when its client is gone; whoever comes next waits for it to end, or would leave it behind.
    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task Wait_for_a_server_that_is_still_at_it(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        await using var tenants = await luggage.Market.TenantsAsync();
        Assert.Equal(137, (await luggage.CrashAsync("create", "3", "slow", "Databases")).Code);
        var half = await tenants.GetAsync("slow", default);
        Assert.Equal("creating", half.State);
        await using var still = await luggage.Market.Server.OpenAsync();
        await Market.RunAsync(still, $"select 1 from pg_advisory_lock({0x484F574D}, hashtext('{half.Home.Place}'))");
        var next = tenants.CreateAsync("slow", TenancyModel.Databases, null, default);
        await Patience.UntilAsync("the next creation waits for the lock", async () => await luggage.Market.Server.ScalarAsync<long>(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0);
        Assert.False(next.IsCompleted);
        await Market.RunAsync(still, $"create database {half.Home.Place}");
        await still.CloseAsync();
        Assert.Equal("active", (await next).State);
        await luggage.CleanAsync();
    }

    // A database's doors and the registry are turned in two transactions: a call that was cut off between them is finished, or turned back,
    // by the next.
    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task So_are_suspensions_and_their_ends(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        var market = luggage.Market;
        await using var tenants = await market.TenantsAsync();
        foreach (var model in Enum.GetValues<TenancyModel>())
        {
            var tenant = await tenants.CreateAsync($"{model}", model, null, default);
            foreach (var (verb, state, before) in ((string, string, string)[])[("suspend", "suspended", "active"), ("resume", "active",
                "suspended")])
            {
                Assert.Equal(137, (await luggage.CrashAsync(verb, "1", tenant.Name)).Code);
                var seen = await tenants.GetAsync(tenant.Name, default);
                Assert.Equal(before, seen.State);
                Assert.Equal(model == TenancyModel.Databases ? verb == "resume" : before == "active", await IsServedAsync(market, tenant));
                // Turned back instead: what the registry says is made true.
                Assert.Equal(before, (verb == "suspend" ? await tenants.ResumeAsync(tenant.Name, default)
                    : await tenants.SuspendAsync(tenant.Name, default)).State);
                Assert.Equal(before == "active", await IsServedAsync(market, tenant));
                Assert.Equal(state, (verb == "suspend" ? await tenants.SuspendAsync(tenant.Name, default)
                    : await tenants.ResumeAsync(tenant.Name, default)).State);
                Assert.Equal(state == "active", await IsServedAsync(market, tenant));
                // After the last point nothing is left to do but to hear of it.
                Assert.Equal(137, (await luggage.CrashAsync(verb == "suspend" ? "resume" : "suspend", "2", tenant.Name)).Code);
                Assert.Equal(before, (await tenants.GetAsync(tenant.Name, default)).State);
                if (verb == "suspend")
                    await tenants.SuspendAsync(tenant.Name, default);
            }
        }
    }

    static async Task<bool> IsServedAsync(Market market, Tenant tenant)
    {
        try
        {
            await using var login = await market.LoginAsync(tenant);
            return await Market.RefusalAsync(login, "select count(*) from orders") is null;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    static async Task DropTemplateAsync(Market market)
    {
        var template = await market.Server.ScalarAsync<string>("select datname from pg_database where datname like 'howdah\\_template%'");
        if (template is null)
            return;
        await market.Server.ExecuteAsync($"drop database {template} with (force)");
    }
}
