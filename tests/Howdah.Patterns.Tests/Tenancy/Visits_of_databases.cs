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

    /// <summary>A process is killed with SIGKILL within each part of a visit: that part leaves nothing, and running again does what was
    /// left.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task That_are_killed_are_made_by_the_next(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        var (market, server) = (luggage.Market, luggage.Market.Server);
        await using var tenants = await market.TenantsAsync();
        var held = await tenants.CreateAsync("a", TenancyModel.Databases, null, default);
        await server.ExecuteAsync("update app.kinds set label = 'SECOND' where kind = 'b'", Market.Database);
        market.Declare("", static text => text.Replace("app.notes] }, privileges: [select, insert, update, delete]",
            "app.notes] }, privileges: [select, delete]", StringComparison.Ordinal));
        await market.Estate.ConvergeAsync();

        // Its rows are on their way, and its privileges are changed and not committed.
        await KilledAsync("begin; update app.kinds set label = label where kind = 'b'");
        Assert.Equal("second", await LabelAsync());
        Assert.True(await MayInsertAsync());
        await KilledAsync("begin; grant trigger on app.notes to " + held.Home.Place);
        Assert.Equal("SECOND", await LabelAsync()); // a part that was done stays done
        Assert.True(await MayInsertAsync());

        var next = await tenants.RefreshAsync(default);
        Assert.Equal((0, 1, 0), (next.Shared.Count, next.Grants.Count, next.Failed.Count));
        Assert.False(await MayInsertAsync());
        Assert.Empty(await tenants.DatabaseDriftAsync(default));

        Task<string?> LabelAsync() => server.ScalarAsync<string>("select label from app.kinds where kind = 'b'", held.Home.Database);

        Task<bool> MayInsertAsync() => server.ScalarAsync<bool>(
            $"select has_table_privilege('{held.Home.Place}', 'app.orders', 'insert')", held.Home.Database);

        async Task KilledAsync(string hold)
        {
            await using var holder = await server.OpenAsync(held.Home.Database);
            await Market.RunAsync(holder, hold);
            using var process = luggage.StartCrash("refresh", "0");
            await Patience.UntilAsync("the visit waits", async () => await server.ScalarAsync<long>(
                $"select count(*) from pg_stat_activity where datname = '{held.Home.Database}' and wait_event_type = 'Lock'") > 0);
            process.Kill();
            await process.WaitForExitAsync();
            await Market.RunAsync(holder, "rollback");
            await Patience.UntilAsync("the server knows that it is gone", async () => await server.ScalarAsync<long>(
                $"select count(*) from pg_stat_activity where datname = '{held.Home.Database}' and pid <> {holder.ProcessID}") == 0);
        }
    }

    static int Visits(TestServer server, Tenant tenant) => File.ReadLines(server.Log).Count(line =>
        line.Contains("connection authorized", StringComparison.Ordinal)
        && line.Contains($"database={tenant.Home.Database}", StringComparison.Ordinal));
}
