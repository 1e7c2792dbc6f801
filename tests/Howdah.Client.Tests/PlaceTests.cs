using Howdah.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Data sources of places: made when needed, under one limit, given up when idle; limits of tenants.</summary>
public sealed class PlaceTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task All_connections_together_stay_under_the_limit_idle_ones_included(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var home = await Home.MakeAsync(server);
        var ids = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(await home.CreateAsync($"t{i}"));
            await home.MoveToSchemaAsync(ids[i]);
        }
        await using var tenants = home.Open(home.Options(connections: 5));
        using var stop = new CancellationTokenSource();
        var most = 0L;
        var watch = Task.Run(async () =>
        {
            await using var connection = await server.OpenAsync();
            await using var count = new NpgsqlCommand(
                "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()", connection);
            while (!stop.IsCancellationRequested)
                most = Math.Max(most, (long)(await count.ExecuteScalarAsync())!);
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 30; i++)
            {
                await using var command = tenants.For(ids[((worker * 7) + i) % ids.Count]).CreateCommand("select sum(total) from orders");
                Assert.Equal(60L, await command.ExecuteScalarAsync());
            }
        })));
        await stop.CancelAsync();
        await watch;
        // A process that was told to end may be seen a moment longer; without the limit there would be twelve and more.
        Assert.InRange(most, 1, 7);
        Assert.InRange(tenants.Places.Open, 1, 5);
        Assert.Equal(0, tenants.Gate.InUse);
        await server.StopAsync();
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Idle_places_are_given_up_and_made_again(int major)
    {
        var home = await Home.MakeAsync(major);
        await home.MoveToSchemaAsync(home.Acme);
        var clock = new FakeTimeProvider();
        await using var tenants = home.Open(home.Options(clock: clock));
        await using var command = tenants.For(home.Acme).CreateCommand("select sum(total) from orders");
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        Assert.Equal(2, tenants.Places.Count);
        clock.Advance(TimeSpan.FromMinutes(11));
        await tenants.Places.SweepAsync();
        Assert.Equal(1, tenants.Places.Count);
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        await using var held = await tenants.For(home.Acme).OpenConnectionAsync();
        clock.Advance(TimeSpan.FromMinutes(11));
        await tenants.Places.SweepAsync();
        Assert.Equal(2, tenants.Places.Count);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_tenant_in_a_database_of_its_own_is_reached_and_left(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open(home.Options(servers: new Dictionary<string, string>
        {
            ["big"] = new NpgsqlConnectionStringBuilder(home.Server.ConnectionString()) { Pooling = true }.ConnectionString,
        }));
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select sum(total) from orders";
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        var place = await home.MoveToDatabaseAsync(home.Acme, "big");
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        Assert.Equal(place, connection.Database);
        // Moved on again: the old database is dropped under the client's feet, its connections ended.
        await home.ReturnToRowsAsync(home.Acme, place);
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        Assert.Equal(home.Database, connection.Database);
        Assert.Equal(1, tenants.Places.Count);
    }

    [Fact]
    public async Task A_place_that_the_client_was_not_told_of_is_named()
    {
        var home = await Home.MakeAsync(18);
        await home.MoveToDatabaseAsync(home.Acme, "far");
        await using var tenants = home.Open();
        var lost = await Assert.ThrowsAsync<TenantUnreachableException>(async () => await tenants.For(home.Acme).OpenConnectionAsync());
        Assert.Contains("'far'", lost.Message, StringComparison.Ordinal);
        Assert.Equal(0, tenants.Gate.InUse);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Time_outs_of_a_tenant_hold_for_its_statements_and_no_longer(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open(home.Options(limits: new() { StatementTimeout = TimeSpan.FromMilliseconds(200) }));
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        foreach (var text in (string[])["select pg_sleep(20)", "select 1; select pg_sleep(20)"])
        {
            command.CommandText = text;
            var ended = await Assert.ThrowsAsync<PostgresException>(async () =>
            {
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.NextResultAsync())
                {
                }
            });
            Assert.Equal(PostgresErrorCodes.QueryCanceled, ended.SqlState);
        }
        command.CommandText = "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')";
        Assert.Equal("200ms 0", await command.ExecuteScalarAsync());
        await using var bare = new NpgsqlCommand("show statement_timeout", connection.Session.Connection);
        Assert.Equal("0", await bare.ExecuteScalarAsync());
    }
}
