using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>What goes over the wire, counted on it.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task A_statement_is_one_round_trip_and_a_transaction_begins_with_its_first(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var relay = new Relay(home.Server.Port);
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = home.ConnectionString($"Port={relay.Port};SSL Mode=Disable"),
            Limits = new() { StatementTimeout = TimeSpan.FromMinutes(5) },
        });
        var tenant = tenants.For(home.Acme);
        await using var connection = await tenant.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select sum(total) from orders";
        await command.ExecuteScalarAsync();

        Assert.True(relay.Turns > 1);
        await command.ExecuteScalarAsync();
        Assert.Equal(1, relay.Turns);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.Equal(0, relay.Turns);
            await command.ExecuteScalarAsync();
            Assert.Equal(1, relay.Turns);
            await command.ExecuteScalarAsync();
            Assert.Equal(1, relay.Turns);
            await transaction.CommitAsync();
            Assert.Equal(1, relay.Turns);
        }
        command.CommandText = "select 1; select sum(total) from orders";
        await command.ExecuteScalarAsync();
        Assert.Equal(1, relay.Turns);
        await using (var batch = connection.CreateBatch())
        {
            batch.BatchCommands.Add(new("update orders set total = total + 1"));
            batch.BatchCommands.Add(new("select sum(total) from orders"));
            Assert.Equal(63L, await batch.ExecuteScalarAsync());
        }
        Assert.Equal(1, relay.Turns);
        await connection.CloseAsync();
        // The pool's own reset goes along with the next statement.
        await using (var each = tenant.CreateCommand("select sum(total) from orders"))
            Assert.Equal(63L, await each.ExecuteScalarAsync());
        Assert.Equal(1, relay.Turns);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task The_context_is_answered_without_what_was_set(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var relay = new Relay(home.Server.Port);
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = home.ConnectionString($"Port={relay.Port};SSL Mode=Disable"),
            Limits = new() { StatementTimeout = TimeSpan.FromMinutes(5), LockTimeout = TimeSpan.FromMinutes(1) },
        });
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select 1";
        await command.PrepareAsync();
        await using var bare = new NpgsqlCommand("select 1", connection.Session.Connection);
        await bare.PrepareAsync();

        _ = relay.Returned;
        Assert.Equal(1, await command.ExecuteScalarAsync());
        var bound = relay.Returned;
        Assert.Equal(1, await bare.ExecuteScalarAsync());
        // Three messages (bound, a row, done), none with a value in it: less than an id alone would take.
        Assert.InRange(bound - relay.Returned, 1, home.Acme.ToString().Length - 1);
    }

    [Fact]
    public async Task Nothing_is_sent_without_a_tenant_or_for_a_cancelled_one()
    {
        var home = await Home.MakeAsync(18);
        await using var relay = new Relay(home.Server.Port);
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = home.ConnectionString($"Port={relay.Port};SSL Mode=Disable"),
        });
        Assert.Throws<ArgumentException>(() => tenants.For(Guid.Empty));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await using var command = tenants.For(home.Acme).CreateCommand("select 1");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await command.ExecuteScalarAsync(stop.Token));
        await using var closed = tenants.For(home.Acme).CreateConnection();
        await using var beside = closed.CreateCommand();
        beside.CommandText = "select 1";
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await beside.ExecuteScalarAsync());
        Assert.Equal(0, tenants.Gate.InUse);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_running_statement_is_cancelled_and_the_connection_serves_on(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select pg_sleep(60)";
        using var stop = new CancellationTokenSource();
        var running = command.ExecuteScalarAsync(stop.Token).AsTask();
        while (await home.AskAsync<long>("select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' "
            + "and pid <> pg_backend_pid() and datname = current_database()") == 0)
        {
            await Task.Delay(10);
        }
        await stop.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(PostgresErrorCodes.QueryCanceled, Assert.IsType<PostgresException>(cancelled.InnerException).SqlState);
        command.CommandText = "select sum(total) from orders";
        Assert.Equal(60L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task An_ambient_transaction_is_refused()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await tenants.CheckAsync();
        using var scope = new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await tenants.For(home.Acme).OpenConnectionAsync());
        Assert.Equal(0, tenants.Gate.InUse);
    }
}
