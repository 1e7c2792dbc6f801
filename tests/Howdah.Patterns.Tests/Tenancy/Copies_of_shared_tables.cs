using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests.Tenancy.Archiving;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

/// <summary>Shared tables in tenants' databases are copies: it is told where they are not as home's, and apply brings them up.</summary>
public sealed class Copies_of_shared_tables
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_told_and_brought_up_row_by_row(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        var tenant = await luggage.MakeAsync("a", TenancyModel.Databases);
        await luggage.MakeAsync("b", TenancyModel.Databases);
        await using var tenants = await luggage.Market.TenantsAsync();
        Assert.Empty((await tenants.RefreshAsync(default)).Shared);
        Assert.Empty(await tenants.DatabaseDriftAsync(default));

        // Rows of the tenant refer to kind a; b goes, c is new, a gets another label.
        await luggage.Market.Server.ExecuteAsync("delete from app.kinds where kind = 'b'; insert into app.kinds values ('c', 'third'); "
            + "update app.kinds set label = 'FIRST' where kind = 'a'", Market.Database);
        Assert.Equal(["a", "b"], (await tenants.DatabaseDriftAsync(default)).Select(static drift => drift.Tenant));
        Assert.Contains("app.kinds", (await tenants.DatabaseDriftAsync(default))[0].Difference, StringComparison.Ordinal);
        var refreshed = await tenants.RefreshAsync(default);
        Assert.Equal(["a", "b"], refreshed.Shared);
        Assert.Empty(refreshed.Failed);
        await using (var login = await luggage.Market.LoginAsync(tenant))
            Assert.Equal("a FIRST,c third", await Market.RunAsync(login,
                "select string_agg(kind || ' ' || label, ',' order by kind) from kinds"));
        Assert.Empty(await tenants.DatabaseDriftAsync(default));

        // A row that the tenant refers to does not go: it is told whose and why, and the others are brought up.
        await luggage.Market.Server.ExecuteAsync("delete from app.kinds where kind = 'a'", Market.Database);
        await luggage.Market.Server.ExecuteAsync("set session_replication_role = replica; update app.orders set kind = null",
            (await luggage.FindAsync(
            "b")).Home.Database);
        var left = await tenants.RefreshAsync(default);
        Assert.Equal(["b"], left.Shared);
        Assert.Contains("orders", Assert.Single(left.Failed, static failure => failure.Tenant == "a").Difference, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(await tenants.DatabaseDriftAsync(default)).Tenant);
    }
}
