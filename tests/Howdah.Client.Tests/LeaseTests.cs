using System.Data;
using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Npgsql's own connections in a tenant's hands, as our other packages use them.</summary>
public sealed class LeaseTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task Commands_of_Npgsql_run_behind_the_context_and_give_their_own_result(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var lease = new TenantLease(tenants.For(home.Acme));
        var connection = await lease.CreateAsync(default);
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Same(connection, await lease.OpenAsync(default));
        await using var command = new NpgsqlCommand("select total from orders where id = @id; select count(*) from orders", connection);
        command.Parameters.AddWithValue("id", 2L);
        for (var round = 0; round < 2; round++)
        {
            await using var reader = await lease.ExecuteReaderAsync(command, CommandBehavior.SingleResult, default);
            Assert.True(await reader.ReadAsync());
            Assert.Equal(20, reader.GetInt32(0));
            Assert.True(await reader.NextResultAsync());
            await reader.ReadAsync();
            Assert.Equal(3L, reader.GetInt64(0));
        }
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            lease.TransactionStarted();
            await lease.SetContextAsync(default);
            await transaction.SaveAsync("a");
            await using var update = new NpgsqlCommand("update orders set total = 0", connection);
            await using (var reader = await lease.ExecuteReaderAsync(update, CommandBehavior.Default, default))
            {
                // Nothing stands in front within the transaction: statements are counted from the first.
#pragma warning disable CS0618 // what the provider of Entity Framework counts by
                Assert.Single(reader.Statements);
#pragma warning restore CS0618
                Assert.Equal(3, reader.RecordsAffected);
            }
            // A command that had the context in front keeps it there, and its own result is found all the same.
            await using (var reader = await lease.ExecuteReaderAsync(command, CommandBehavior.Default, default))
            {
                await reader.ReadAsync();
                Assert.Equal(0, reader.GetInt32(0));
            }
            await transaction.RollbackAsync();
            lease.TransactionEnded();
        }
        await lease.CloseAsync();
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Equal(0, tenants.Gate.InUse);
        Assert.Equal(60L, await home.AskAsync<long>($"select sum(total) from shop.orders where tenant_id = '{home.Acme}'"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_tenant_that_moved_is_told_and_the_next_opening_goes_there(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var lease = new TenantLease(tenants.For(home.Acme));
        var before = await lease.OpenAsync(default);
        await using var command = new NpgsqlCommand("select sum(total) from orders", before);
        await using (await lease.ExecuteReaderAsync(command, CommandBehavior.Default, default))
        {
        }
        await home.MoveToSchemaAsync(home.Acme);
        var moved = await Assert.ThrowsAsync<TenantMovedException>(async () =>
            await lease.ExecuteReaderAsync(command, CommandBehavior.Default, default));
        Assert.True(moved.IsTransient);
        await lease.CloseAsync();
        var after = await lease.OpenAsync(default);
        Assert.NotSame(before, after);
        await using var again = new NpgsqlCommand("select sum(total) from orders", after);
        await using var reader = await lease.ExecuteReaderAsync(again, CommandBehavior.Default, default);
        await reader.ReadAsync();
        Assert.Equal(60L, reader.GetInt64(0));
    }

    [Fact]
    public async Task A_tenant_fenced_in_place_is_waited_for()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var lease = new TenantLease(tenants.For(home.Acme));
        await using var command = new NpgsqlCommand("select sum(total) from orders", await lease.OpenAsync(default));
        await home.StateAsync(home.Acme, "fenced");
        var waiting = lease.ExecuteReaderAsync(command, CommandBehavior.Default, default).AsTask();
        await home.StateAsync(home.Acme, "active");
        await using var reader = await waiting;
        await reader.ReadAsync();
        Assert.Equal(60L, reader.GetInt64(0));
    }

    [Fact]
    public async Task Parameters_by_position_are_refused_before_anything_is_sent()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var lease = new TenantLease(tenants.For(home.Acme));
        await using var command = new NpgsqlCommand("select $1", await lease.OpenAsync(default));
        command.Parameters.Add(new() { Value = 1 });
        await Assert.ThrowsAsync<NotSupportedException>(async () =>
            await lease.ExecuteReaderAsync(command, CommandBehavior.Default, default));
    }
}
