using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Tenants that are fenced, suspended, moved and unknown.</summary>
public sealed class MovingTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task A_moved_tenant_is_followed_by_the_next_statement(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        Assert.Equal(60L, await Sum(connection));
        var place = await home.MoveToSchemaAsync(home.Acme);
        Assert.Equal(60L, await Sum(connection));
        await using var who = connection.CreateCommand();
        who.CommandText = "select current_user::text";
        Assert.Equal(place, await who.ExecuteScalarAsync());
        // A write, too: the refused one kept nothing, so it was run again.
        who.CommandText = "insert into orders values (current_setting('howdah.tenant')::uuid, 4, 40)";
        Assert.Equal(1, await who.ExecuteNonQueryAsync());
        Assert.Equal(1L, await home.AskAsync<long>($"select count(*) from {place}.orders where id = 4"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_search_path_of_the_connection_string_leads_to_the_shared_tables_and_to_nobodys_own(int major)
    {
        var home = await Home.MakeAsync(major);
        await home.RunAsync($"alter role \"{home.Role}\" in database \"{home.Database}\" reset search_path");
        await using var tenants = home.Open(home.Options("Search Path=shop"));
        await using var command = tenants.For(home.Acme).CreateCommand("select sum(total) from orders");
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        var place = await home.MoveToSchemaAsync(home.Acme);
        await home.RunAsync($"update {place}.orders set total = 1");
        Assert.Equal(3L, await command.ExecuteScalarAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_transaction_of_which_nothing_was_answered_begins_again_at_the_new_home(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await Sum(connection);
        await using var transaction = await connection.BeginTransactionAsync();
        var place = await home.MoveToSchemaAsync(home.Acme);
        await using var command = connection.CreateCommand();
        command.CommandText = "update orders set total = 0";
        Assert.Equal(3, await command.ExecuteNonQueryAsync());
        await transaction.CommitAsync();
        Assert.Equal(0L, await home.AskAsync<long>($"select sum(total) from {place}.orders"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_transaction_half_done_ends_with_a_typed_exception_and_can_be_run_again(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "insert into open values (current_setting('howdah.tenant')::uuid, 99, 1)";
            await command.ExecuteNonQueryAsync();
            await home.MoveToSchemaAsync(home.Acme);
            command.CommandText = "update orders set total = 0";
            var moved = await Assert.ThrowsAsync<TenantMovedException>(async () => await command.ExecuteNonQueryAsync());
            Assert.True(moved.IsTransient);
            Assert.Equal("HW001", moved.SqlState);
            Assert.Equal(home.Acme, moved.Tenant);
        }
        Assert.Equal(0L, await home.AskAsync<long>("select count(*) from shop.open where id = 99"));
        Assert.Equal(60L, await Sum(connection));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_fenced_tenant_is_waited_for(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await home.StateAsync(home.Acme, "fenced");
        await using var connection = await tenants.For(home.Bolt).OpenConnectionAsync();
        var waiting = Task.Run(async () =>
        {
            await using var fenced = tenants.For(home.Acme).CreateCommand("select sum(total) from orders");
            return (long)(await fenced.ExecuteScalarAsync())!;
        });
        Assert.Equal(60L, await Sum(connection));
        Assert.False(waiting.IsCompleted);
        await home.StateAsync(home.Acme, "active");
        Assert.Equal(60L, await waiting);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_fenced_tenant_is_given_up_after_the_limit_and_holds_no_connection_meanwhile(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open(home.Options(fence: TimeSpan.FromMilliseconds(300)));
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await Sum(connection);
        await home.StateAsync(home.Acme, "fenced");
        var fenced = await Assert.ThrowsAsync<TenantFencedException>(() => Sum(connection));
        Assert.True(fenced.IsTransient);
        Assert.Equal(0, tenants.Gate.InUse);
        await connection.CloseAsync();
        await home.StateAsync(home.Acme, "active");
        await connection.OpenAsync();
        Assert.Equal(60L, await Sum(connection));
    }

    [Fact]
    public async Task Suspended_and_unknown_tenants_have_exceptions_of_their_own()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        var acme = tenants.For(home.Acme);
        await using var connection = await acme.OpenConnectionAsync();
        await Sum(connection);
        await home.StateAsync(home.Acme, "suspended");
        var suspended = await Assert.ThrowsAsync<TenantSuspendedException>(() => Sum(connection));
        Assert.False(suspended.IsTransient);
        await Assert.ThrowsAsync<TenantSuspendedException>(async () => await tenants.For(home.Acme).OpenConnectionAsync());
        await home.StateAsync(home.Acme, "erasing");
        await Assert.ThrowsAsync<TenantUnknownException>(async () => await acme.OpenConnectionAsync());
        await Assert.ThrowsAsync<TenantUnknownException>(async () => await tenants.For(Guid.NewGuid()).OpenConnectionAsync());
        Assert.Throws<ArgumentException>(() => tenants.For(Guid.Empty));
        Assert.Null(await tenants.FindAsync("nobody"));
        Assert.Equal(home.Bolt, (await tenants.FindAsync("bolt"))!.Id);
    }

    [Fact]
    public async Task An_error_that_is_the_applications_own_stays_what_it_is()
    {
        var home = await Home.MakeAsync(18);
        var place = await home.MoveToSchemaAsync(home.Acme);
        await home.RunAsync($"create table {place}.secret (a int)");
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select * from secret";
        var refused = await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteScalarAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Equal(60L, await Sum(connection));
    }

    static async Task<long> Sum(TenantConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "select sum(total) from orders";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
