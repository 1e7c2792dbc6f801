using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests.Tenancy.Archiving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

/// <summary>Apply visits each tenant's database once, several at a time, and brings all of it up; one that fails keeps no other from it.
/// </summary>
public sealed class Visits_of_databases
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Bring_up_all_that_can_be_and_go_on_where_they_ended(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        var (market, server) = (luggage.Market, luggage.Market.Server);
        var referring = await luggage.MakeAsync("a", TenancyModel.Databases);
        await using var tenants = await market.TenantsAsync();
        foreach (var name in (string[])["b", "c", "d"])
            await tenants.CreateAsync(name, TenancyModel.Databases, null, default);
        var gone = await tenants.GetAsync("c", default);

        // Home changes in both: other rows, of which a's refer to one that goes, and other grants. c is not to be reached.
        await server.ExecuteAsync("update app.kinds set label = 'SECOND' where kind = 'b'; delete from app.kinds where kind = 'a'",
            Market.Database);
        market.Declare("", static text => text.Replace("app.notes] }, privileges: [select, insert, update, delete]",
            "app.notes] }, privileges: [select, delete]", StringComparison.Ordinal));
        await market.Estate.ConvergeAsync();
        await server.ExecuteAsync($"alter database {gone.Home.Database} with allow_connections false");
        await server.ExecuteAsync("alter system set log_connections = on");
        await server.ExecuteAsync("select pg_reload_conf()");
        await Patience.UntilAsync("connections are logged", async () =>
        {
            await server.ExecuteAsync("select 1", referring.Home.Database);
            return Visits(server, referring) > 0;
        });
        var before = Visits(server, referring);
        var first = await tenants.RefreshAsync(default);
        Assert.Equal(["b", "d"], first.Shared);
        Assert.Equal(["a", "b", "d"], first.Grants);
        Assert.Equal(["a", "c"], first.Failed.Select(static failure => failure.Tenant));
        Assert.Contains("copies of shared tables", first.Failed[0].Difference, StringComparison.Ordinal);
        Assert.Contains("orders", first.Failed[0].Difference, StringComparison.Ordinal);
        Assert.Contains("not currently accepting connections", first.Failed[1].Difference, StringComparison.Ordinal);
        Assert.Equal(before + 1, Visits(server, referring));

        // Run again when what stood in the way is gone: only what was left is done.
        await server.ExecuteAsync($"alter database {gone.Home.Database} with allow_connections true");
        await server.ExecuteAsync("insert into app.kinds values ('a', 'first')", Market.Database);
        var second = await tenants.RefreshAsync(default);
        Assert.Equal(["a", "b", "c", "d"], second.Shared);
        Assert.Equal(["c"], second.Grants);
        Assert.Empty(second.Failed);
        Assert.Empty(await tenants.DatabaseDriftAsync(default));
        var third = await tenants.RefreshAsync(default);
        Assert.Empty(third.Shared.Concat(third.Grants));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Do_not_wait_for_one_another(int major)
    {
        using var market = await Market.OpenAsync(major);
        await using var tenants = await market.TenantsAsync();
        var held = await tenants.CreateAsync("a", TenancyModel.Databases, null, default);
        var other = await tenants.CreateAsync("b", TenancyModel.Databases, null, default);
        await market.Server.ExecuteAsync("update app.kinds set label = 'SECOND' where kind = 'b'", Market.Database);
        await using var holder = await market.Server.OpenAsync(held.Home.Database);
        await Market.RunAsync(holder, "begin; lock table app.kinds");
        var visits = tenants.RefreshAsync(default);
        await Patience.UntilAsync("the other is brought up", async () => await market.Server.ScalarAsync<string>(
            "select label from app.kinds where kind = 'b'", other.Home.Database) == "SECOND");
        Assert.False(visits.IsCompleted);
        await Market.RunAsync(holder, "commit");
        Assert.Equal(["a", "b"], (await visits).Shared);
    }

    static int Visits(TestServer server, Tenant tenant) => File.ReadLines(server.Log).Count(line =>
        line.Contains("connection authorized", StringComparison.Ordinal)
        && line.Contains($"database={tenant.Home.Database}", StringComparison.Ordinal));
}
