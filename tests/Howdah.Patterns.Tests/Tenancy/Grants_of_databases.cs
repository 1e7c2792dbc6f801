using Howdah.Patterns.Tenancy.Registry;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

/// <summary>What is granted to applications at home is granted to tenants' roles in their databases, also when it is declared later.
/// </summary>
public sealed class Grants_of_databases
{
    const string Declared = "app.notes] }, privileges: [select, insert, update, delete]";

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Follow_what_is_declared(int major)
    {
        using var market = await Market.OpenAsync(major);
        await using var tenants = await market.TenantsAsync();
        var tenant = await tenants.CreateAsync("a", TenancyModel.Databases, null, default);
        await tenants.CreateAsync("b", TenancyModel.Databases, null, default);
        await tenants.CreateAsync("closed", TenancyModel.Databases, null, default);
        await tenants.SuspendAsync("closed", default);
        Assert.Empty(await tenants.DatabaseDriftAsync(default));
        Assert.Empty((await tenants.RefreshAsync(default)).Grants);
        await using var login = await market.LoginAsync(tenant);
        Assert.Null(await Market.RefusalAsync(login, "insert into notes (what) values ('x')"));

        // Less, and of a sequence nothing.
        market.Declare("", static text => text.Replace(Declared, "app.notes] }, privileges: [select, delete]", StringComparison.Ordinal)
            .Replace("[app.ticket, app.lines_n_seq]", "[app.lines_n_seq]", StringComparison.Ordinal));
        await market.Estate.ConvergeAsync();
        var drift = await tenants.DatabaseDriftAsync(default);
        Assert.Equal(["a", "b"], drift.Select(static each => each.Tenant));
        Assert.Contains("howdah apply brings it up", drift[0].Difference, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], (await tenants.RefreshAsync(default)).Grants);
        Assert.Empty(await tenants.DatabaseDriftAsync(default));
        Assert.Equal("42501", await Market.RefusalAsync(login, "insert into notes (what) values ('y')"));
        Assert.Equal("42501", await Market.RefusalAsync(login, "select nextval('ticket')"));
        Assert.Null(await Market.RefusalAsync(login, "delete from notes"));

        // More again; what somebody gave by hand goes.
        market.Declare("");
        await market.Estate.ConvergeAsync();
        Assert.Contains("lacks what the application has", (await tenants.DatabaseDriftAsync(default))[0].Difference,
            StringComparison.Ordinal);
        Assert.Equal(["a", "b"], (await tenants.RefreshAsync(default)).Grants);
        Assert.Null(await Market.RefusalAsync(login, "insert into notes (what) select nextval('ticket')::text"));
        await market.Server.ExecuteAsync($"grant truncate on app.notes to {tenant.Home.Place}", tenant.Home.Database);
        Assert.Equal("a", Assert.Single(await tenants.DatabaseDriftAsync(default)).Tenant);
        Assert.Equal(["a"], (await tenants.RefreshAsync(default)).Grants);
        Assert.Equal("42501", await Market.RefusalAsync(login, "truncate notes"));
        Assert.Empty(await tenants.DatabaseDriftAsync(default));

        // Who is suspended has nothing until it is served again.
        var closed = await tenants.GetAsync("closed", default);
        Assert.False(await market.Server.ScalarAsync<bool>($"select has_table_privilege('{closed.Home.Place}', 'app.notes', 'select')",
            closed.Home.Database));
    }
}
