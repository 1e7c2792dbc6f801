using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tenancy.Sparing;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Sparing;

/// <summary>Databases made ahead: taken by tenants, made again, of today's structure only, nobody's until then.</summary>
public sealed class Spares_on_a_server
{
    /// <summary>The attack that is sabotaged here.</summary>
    internal const string Attack = "TEN-H23";

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_taken_and_made_again_and_go_when_the_number_is_lowered(int major)
    {
        using var market = await Market.OpenAsync(major, extra: ", spares: 2");
        var ahead = await NamesAsync(market);
        Assert.Equal(2, ahead.Count);
        var oids = await OidsAsync(market);
        await using var tenants = await market.TenantsAsync();
        foreach (var name in (string[])["first", "second", "third"])
        {
            var tenant = await tenants.CreateAsync(name, TenancyModel.Databases, null, default);
            Assert.Equal(name != "third", ahead.Contains(tenant.Home.Place!)); // of the last nothing is left, so it is made there and then
            Assert.Equal(name != "third", oids.Contains(await market.Server.ScalarAsync<uint>(
                $"select oid from pg_database where datname = '{tenant.Home.Place}'")));
            await using var home = await market.HomeAsync();
            await using var inside = await market.Server.OpenAsync(tenant.Home.Database);
            Assert.Equal((await Structure.HashesAsync(market.Spec, home, [], default))[""],
                (await Structure.HashesAsync(market.Spec, inside, [], default))[""]);
            await using var login = await market.LoginAsync(tenant);
            Assert.Equal("second", await Market.RunAsync(login, "select label from kinds where kind = 'b'"));
            Assert.All(await tenants.ProveAsync(tenant, default), static finding => Assert.NotEqual(Verdict.Broken, finding.Verdict));
        }
        Assert.Equal("2 to be made", Assert.Single((await market.Estate.PlanAsync()).Steps).Detail);
        Assert.Equal("2 made, 0 dropped", await ChoreAsync(market));
        Assert.Equal("nothing to do", await ChoreAsync(market));
        Assert.Empty((await market.Estate.PlanAsync()).Steps);

        // Those of a former structure go; nobody takes them meanwhile.
        ahead = await NamesAsync(market);
        market.Estate.Write("migrations/0002_more.sql", "alter table app.notes add column more int default 7;");
        await market.Estate.ConvergeAsync();
        Assert.Equal(2, (await NamesAsync(market)).Except(ahead).Count());
        Assert.Equal(0L, await ThereAsync(market, ahead));
        var later = await tenants.CreateAsync("later", TenancyModel.Databases, null, default);
        await using (var login = await market.LoginAsync(later))
            Assert.Equal(7, await Market.RunAsync(login, "insert into notes (what) values ('x') returning more"));
        await market.Server.ExecuteAsync("set role market_owner; alter table app.notes add column byhand int default 8", Market.Database);
        ahead = await NamesAsync(market);
        var odd = await tenants.CreateAsync("odd", TenancyModel.Databases, null, default);
        Assert.Equal(ahead, await NamesAsync(market));
        await using (var login = await market.LoginAsync(odd))
            Assert.Equal(8, await Market.RunAsync(login, "insert into notes (what) values ('x') returning byhand"));
        Assert.Equal("2 made, 1 dropped", await ChoreAsync(market));

        ahead = await NamesAsync(market);
        market.Declare("");
        Assert.StartsWith("2 to be dropped", Assert.Single((await market.Estate.PlanAsync()).Steps).Detail, StringComparison.Ordinal);
        await market.Estate.ConvergeAsync();
        Assert.Empty(await NamesAsync(market));
        Assert.Equal(0L, await ThereAsync(market, ahead));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_proved_to_be_nobodys_and_not_used_where_somebody_was_there(int major)
    {
        using var market = await Market.OpenAsync(major, extra: ", spares: 3");
        Assert.Equal(Verdict.Held, (await FindingAsync(market)).Verdict);
        var spares = await NamesAsync(market);
        await market.Server.ExecuteAsync($"alter database {spares[0]} allow_connections true");
        Assert.Contains("takes connections", (await FindingAsync(market)).Evidence, StringComparison.Ordinal);
        await market.Server.ExecuteAsync($"grant connect on database {spares[1]} to market_app");
        Assert.Contains($"market_app has CONNECT on database {spares[1]}", (await FindingAsync(market)).Evidence, StringComparison.Ordinal);
        await market.Server.ExecuteAsync($"alter database {spares[2]} allow_connections true");
        await using (var intruder = await market.Server.OpenAsync(spares[2]))
            await Market.RunAsync(intruder, "insert into app.notes values (gen_random_uuid(), 'left here')");
        await market.Server.ExecuteAsync($"alter database {spares[2]} allow_connections false");
        await Patience.UntilAsync("the server tells of the session", async () => await market.Server.ScalarAsync<long>(
            $"select sessions from pg_stat_database where datname = '{spares[2]}'") > 0);
        var broken = await FindingAsync(market);
        Assert.Equal(Verdict.Broken, broken.Verdict);
        Assert.Contains("somebody was connected", broken.Evidence, StringComparison.Ordinal);

        await using var tenants = await market.TenantsAsync();
        foreach (var name in (string[])["first", "second", "third"])
        {
            var tenant = await tenants.CreateAsync(name, TenancyModel.Databases, null, default);
            await using var login = await market.LoginAsync(tenant);
            Assert.Equal(0L, await Market.RunAsync(login, "select count(*) from notes"));
            Assert.All(await tenants.ProveAsync(tenant, default), static finding => Assert.NotEqual(Verdict.Broken, finding.Verdict));
        }
    }

    // Rows that no catalog tells of, the counters having been reset, are found by whoever takes the database; the next call makes another.
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_refused_where_they_hold_rows_after_all(int major)
    {
        using var market = await Market.OpenAsync(major, extra: ", spares: 1");
        var spare = Assert.Single(await NamesAsync(market));
        await market.Server.ExecuteAsync($"alter database {spare} allow_connections true");
        await using (var intruder = await market.Server.OpenAsync(spare))
        {
            await Market.RunAsync(intruder, "insert into app.notes values (gen_random_uuid(), 'left here')");
            await Market.RunAsync(intruder, "select pg_stat_reset()");
        }
        await market.Server.ExecuteAsync($"alter database {spare} allow_connections false");
        Assert.Equal(Verdict.Held, (await FindingAsync(market)).Verdict);
        await using var tenants = await market.TenantsAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            tenants.CreateAsync("first", TenancyModel.Databases, null, default));
        Assert.Contains("holds rows already", refused.MessageText, StringComparison.Ordinal);
        var tenant = await tenants.CreateAsync("first", TenancyModel.Databases, null, default);
        Assert.NotEqual(spare, tenant.Home.Place);
        Assert.Equal(0L, await ThereAsync(market, [spare]));
        await using var login = await market.LoginAsync(tenant);
        Assert.Equal(0L, await Market.RunAsync(login, "select count(*) from notes"));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_whole_or_gone_wherever_making_and_taking_are_cut_off(int major)
    {
        using var market = await Market.OpenAsync(major, extra: ", spares: 1");
        await using var home = await market.HomeAsync();
        var points = new List<string>();
        await OutdateAsync(market);
        await new SpareShelf(market.Session, market.Spec, home) { Fault = points.Add }.RefillAsync(wait: true, default);
        Assert.Contains("spare dropped", points);
        Assert.Contains("spare made", points);
        foreach (var point in points)
        {
            await OutdateAsync(market);
            await using (var cut = await market.HomeAsync())
                await Assert.ThrowsAsync<Cut>(() => new SpareShelf(market.Session, market.Spec, cut) { Fault = At(point) }
                    .RefillAsync(wait: true, default));
            await CleanAsync(market, home);
        }
        points.Clear();
        var home0 = market.Session.Estate.Databases[0];
        await using (var whole = await Tenants.OpenAsync(market.Session, home0, points.Add, default))
            await whole.CreateAsync("whole", TenancyModel.Databases, null, default);
        Assert.DoesNotContain("template made", points);
        foreach (var point in points)
        {
            await CleanAsync(market, home);
            await using (var cut = await Tenants.OpenAsync(market.Session, home0, At(point), default))
                await Assert.ThrowsAsync<Cut>(() => cut.CreateAsync(point, TenancyModel.Databases, null, default));
            await using var next = await Tenants.OpenAsync(market.Session, home0, default);
            var tenant = await next.CreateAsync(point, TenancyModel.Databases, null, default);
            await using var login = await market.LoginAsync(tenant);
            Assert.Equal(0L, await Market.RunAsync(login, "select count(*) from orders"));
        }
        await CleanAsync(market, home);
    }

    // What is told is that the connection was lost, and not that a lock could not be freed over it.
    [Fact]
    public async Task Say_why_when_the_connection_is_lost()
    {
        using var market = await Market.OpenAsync(18, extra: ", spares: 1");
        await OutdateAsync(market);
        await using var home = await market.HomeAsync();
        var lost = await Assert.ThrowsAnyAsync<NpgsqlException>(() => new SpareShelf(market.Session, market.Spec, home)
        {
            Fault = point => Kill(point == "spare made", market),
        }.RefillAsync(wait: true, default));
        Assert.DoesNotContain("advisory", lost.Message, StringComparison.Ordinal);
        await using var tenants = await Tenants.OpenAsync(market.Session, market.Session.Estate.Databases[0], point =>
            Kill(point == "registered", market), default);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => tenants.CreateAsync("lost", TenancyModel.Databases, null, default));
        await using var next = await Tenants.OpenAsync(market.Session, market.Session.Estate.Databases[0], default);
        Assert.Equal("active", (await next.CreateAsync("lost", TenancyModel.Databases, null, default)).State);
    }

    static void Kill(bool now, Market market)
    {
        if (now)
            market.Server.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Market.Database}'")
                .GetAwaiter().GetResult();
    }

    sealed class Cut : Exception;

    static Action<string> At(string point) => passed =>
    {
        if (passed == point)
            throw new Cut();
    };

    static Task OutdateAsync(Market market) => market.Server.ExecuteAsync("update howdah.tenant_spares set version = ''", Market.Database);

    // The next round leaves one that is whole, and no database that the registry does not know.
    static async Task CleanAsync(Market market, NpgsqlConnection home)
    {
        await new SpareShelf(market.Session, market.Spec, home).RefillAsync(wait: true, default);
        Assert.Equal(1L, await market.Server.ScalarAsync<long>("""
            select count(*) from howdah.tenant_spares join pg_database on datname = place
            where structure is not null and not datallowconn and version <> ''
            """, Market.Database));
        Assert.Equal(0L, await market.Server.ScalarAsync<long>("""
            select count(*) from (select datname as name from pg_database union all select rolname from pg_roles) s
            where name ~ '^t_' and name not in (select place from howdah.tenants where place is not null
              union all select place from howdah.tenant_spares)
            """, Market.Database));
    }

    static async Task<List<string>> NamesAsync(Market market) => [.. await market.Server.ScalarAsync<string[]>(
        "select array(select place from howdah.tenant_spares where structure is not null order by begun, place)", Market.Database) ?? []];

    static async Task<List<uint>> OidsAsync(Market market) => [.. await market.Server.ScalarAsync<uint[]>(
        "select array(select oid from pg_database where datname ~ '^t_' order by oid)") ?? []];

    static Task<long> ThereAsync(Market market, List<string> names) => market.Server.ScalarAsync<long>(
        $"select count(*) from pg_database where datname in ('{string.Join("', '", names)}')")!;

    static async Task<string> ChoreAsync(Market market) =>
        (await Assert.Single(SparesChore.Of(market.Spec)).Run(market.Session, default)).Message;

    static async Task<Finding> FindingAsync(Market market) => Assert.Single(await market.ProveAsync(Attack), static finding =>
        finding.Attack.Id == Attack);
}
