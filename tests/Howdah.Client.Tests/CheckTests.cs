using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>The look before the first statement: every mistake is refused, and named.</summary>
public sealed class CheckTests
{
    public static TheoryData<int> Majors => [15, 18];

    public static TheoryData<int, string, string> Mistakes
    {
        get
        {
            var data = new TheoryData<int, string, string>();
            foreach (var major in (int[])[15, 18])
            {
                data.Add(major, "alter role $ROLE$ superuser", "superuser");
                data.Add(major, "alter role $ROLE$ bypassrls", "BYPASSRLS");
                data.Add(major, "create role $ROLE$_b bypassrls; grant $ROLE$_b to $ROLE$", "can become $ROLE$_b");
                data.Add(major, "alter table shop.orders owner to $ROLE$", "shop.orders");
                data.Add(major, "create role $ROLE$_o; alter table shop.orders owner to $ROLE$_o; grant $ROLE$_o to $ROLE$", "shop.orders");
                data.Add(major, "alter table shop.orders disable row level security", "switched off");
                data.Add(major, "alter role $ROLE$ set howdah.tenant = 'x'", "begins with a tenant");
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Mistakes))]
    public async Task A_mistake_of_the_server_is_refused_before_the_first_statement(int major, string mistake, string told)
    {
        var home = await Home.MakeAsync(major);
        await using (var tenants = home.Open())
            await tenants.CheckAsync();
        await home.RunAsync(mistake.Replace("$ROLE$", home.Role, StringComparison.Ordinal));
        await using (var tenants = home.Open())
        {
            var refused = await Assert.ThrowsAsync<TenancyCheckException>(() => tenants.CheckAsync());
            Assert.Contains(told.Replace("$ROLE$", home.Role, StringComparison.Ordinal), Assert.Single(refused.Findings),
                StringComparison.Ordinal);
            await Assert.ThrowsAsync<TenancyCheckException>(async () => await tenants.For(home.Acme).OpenConnectionAsync());
            await using var command = tenants.For(home.Acme).CreateCommand("select 1");
            Assert.Throws<TenancyCheckException>(() => command.ExecuteScalar());
        }
        await home.RunAsync($"alter role \"{home.Role}\" nosuperuser");
    }

    [Theory]
    [InlineData("No Reset On Close=true")]
    [InlineData("Multiplexing=true")]
    [InlineData("Pooling=false")]
    public async Task A_mistake_of_the_connection_string_is_refused(string mistake)
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open(home.Options(mistake));
        var refused = await Assert.ThrowsAsync<TenancyCheckException>(() => tenants.CheckAsync());
        Assert.Contains(mistake.Split('=')[0], Assert.Single(refused.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_found_is_told_at_once()
    {
        var home = await Home.MakeAsync(18);
        await home.RunAsync($"alter role \"{home.Role}\" bypassrls; alter table shop.orders owner to \"{home.Role}\"");
        await using var tenants = home.Open();
        var refused = await Assert.ThrowsAsync<TenancyCheckException>(() => tenants.CheckAsync());
        Assert.Equal(2, refused.Findings.Count);
    }

    [Fact]
    public async Task A_check_that_could_not_be_made_is_made_again()
    {
        var home = await Home.MakeAsync(18);
        await home.RunAsync($"alter role \"{home.Role}\" nologin");
        await using var tenants = home.Open();
        await Assert.ThrowsAsync<PostgresException>(() => tenants.CheckAsync());
        await home.RunAsync($"alter role \"{home.Role}\" login");
        await tenants.CheckAsync();
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_pooler_in_transaction_mode_has_to_be_declared(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var pooler = await home.PoolAsync("pool_mode = transaction");
        await using (var tenants = new TenantDataSource(home.Through(pooler, PoolerMode.None)))
        {
            var refused = await Assert.ThrowsAsync<TenancyCheckException>(() => tenants.CheckAsync());
            Assert.Contains("PoolerMode.Transaction", Assert.Single(refused.Findings), StringComparison.Ordinal);
        }
        await using (var tenants = new TenantDataSource(home.Through(pooler, PoolerMode.Transaction)))
            await tenants.CheckAsync();
    }

    [Fact]
    public async Task A_pooler_in_session_mode_needs_no_declaration_when_it_resets()
    {
        var home = await Home.MakeAsync(18);
        await using var pooler = await home.PoolAsync("pool_mode = session", "server_reset_query = DISCARD ALL");
        await using var tenants = new TenantDataSource(home.Through(pooler, PoolerMode.None));
        // Its process ids are its own; what the server says stays the same, so that a session is a session.
        await tenants.CheckAsync();
    }

    [Fact]
    public async Task Prepared_statements_that_the_pooler_loses_are_refused()
    {
        var home = await Home.MakeAsync(18);
        await using var pooler = await home.PoolAsync("pool_mode = transaction");
        await using var tenants = new TenantDataSource(home.Through(pooler, PoolerMode.Transaction, "Max Auto Prepare=20"));
        if (pooler.Version >= new Version(1, 21))
        {
            await tenants.CheckAsync();
            return;
        }
        var refused = await Assert.ThrowsAsync<TenancyCheckException>(() => tenants.CheckAsync());
        Assert.Contains("Max Auto Prepare", Assert.Single(refused.Findings), StringComparison.Ordinal);
    }
}
