using System.Data;
using System.Data.Common;
using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Statements, batches and transactions of a tenant in rows.</summary>
public sealed class StatementTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task A_tenant_reads_its_own_rows_only(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        foreach (var id in (Guid[])[home.Acme, home.Bolt])
        {
            await using var command = tenants.For(id).CreateCommand("select count(*), min(tenant_id::text) from orders");
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            Assert.Equal((3L, id.ToString()), (reader.GetInt64(0), reader.GetString(1)));
            Assert.False(await reader.ReadAsync());
            Assert.False(await reader.NextResultAsync());
        }
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_statement_that_writes_is_one_transaction_and_counts_its_own_rows(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "update orders set total = total + 1";
        Assert.Equal(3, await command.ExecuteNonQueryAsync());
        Assert.Equal(3, command.ExecuteNonQuery());
        Assert.Equal(66L, await home.AskAsync<long>($"select sum(total) from shop.orders where tenant_id = '{home.Acme}'"));
        Assert.Equal(60L, await home.AskAsync<long>($"select sum(total) from shop.orders where tenant_id = '{home.Bolt}'"));
        // The context went with its transaction.
        command.CommandText = "select current_setting('howdah.tenant', true)";
        Assert.Equal(home.Acme.ToString(), await command.ExecuteScalarAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Context_and_statement_are_one_implicit_transaction(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        // The one that set the context is the one that reads: no second transaction began between them.
        command.CommandText = "select now() = transaction_timestamp() and statement_timestamp() >= now(), current_setting('howdah.tenant')";
        await using (var reader = await command.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(home.Acme.ToString(), reader.GetString(1));
        }
        Assert.False(connection.Session.Front.Batch.EnableErrorBarriers);
        foreach (NpgsqlBatchCommand each in connection.Session.Front.Batch.BatchCommands)
            Assert.Equal(false, each.AppendErrorBarrier);
        // With a barrier between them, the trick is lost: the statement runs without any tenant.
        connection.Session.Front.Batch.EnableErrorBarriers = true;
        foreach (NpgsqlBatchCommand each in connection.Session.Front.Batch.BatchCommands)
            each.AppendErrorBarrier = true;
        await using (var reader = await connection.Session.Front.Batch.ExecuteReaderAsync())
        {
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Assert.Equal("", reader.GetString(1));
        }
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_transaction_keeps_its_tenant_to_the_end(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "insert into orders select current_setting('howdah.tenant')::uuid, 4, 40";
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
            command.CommandText = "select count(*) from orders";
            Assert.Equal(4L, await command.ExecuteScalarAsync());
            await transaction.SaveAsync("here");
            command.CommandText = "delete from orders";
            Assert.Equal(4, await command.ExecuteNonQueryAsync());
            await transaction.RollbackAsync("here");
            command.CommandText = "select count(*) from orders";
            Assert.Equal(4L, await command.ExecuteScalarAsync());
            await transaction.CommitAsync();
        }
        Assert.Equal(4L, await home.AskAsync<long>($"select count(*) from shop.orders where tenant_id = '{home.Acme}'"));
        await using (var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable))
        {
            // A savepoint before the first statement must not take the context away when it is rolled back to.
            await transaction.SaveAsync("first");
            await using var command = connection.CreateCommand();
            command.CommandText = "select 1 / 0";
            await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteScalarAsync());
            await transaction.RollbackAsync("first");
            command.CommandText = "select count(*) from orders";
            Assert.Equal(4L, await command.ExecuteScalarAsync());
        }
        Assert.Equal("", await Value(connection, "select current_setting('transaction_isolation') where false") ?? "");
    }

    [Fact]
    public async Task Rows_of_another_tenant_cannot_be_written()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var command = tenants.For(home.Acme).CreateCommand("insert into orders values ($1, 9, 9)");
        command.Parameters.Add(new() { Value = home.Bolt });
        var refused = await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Names_and_several_statements_in_a_text_work(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select total from orders where id = @id; select count(*) from orders where id <> @id and 'a;b' <> ''";
        command.Parameters.Add(new("id", 2L));
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            Assert.Equal(20, reader.GetInt32(0));
            Assert.True(await reader.NextResultAsync());
            await reader.ReadAsync();
            Assert.Equal(2L, reader.GetInt64(0));
            Assert.False(await reader.NextResultAsync());
        }
        command.CommandText = "select total from orders where id = @id;";
        Assert.Equal(20, await command.ExecuteScalarAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_batch_is_one_transaction_behind_one_context(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using (var batch = tenants.For(home.Bolt).CreateBatch())
        {
            batch.BatchCommands.Add(new("insert into orders values (current_setting('howdah.tenant')::uuid, 7, 70)"));
            batch.BatchCommands.Add(new("select count(*) from orders"));
            batch.BatchCommands.Add(new("select 1 / (select count(*) from orders where id = 8)"));
            await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());
            batch.BatchCommands.RemoveAt(2);
            Assert.Equal(4L, await batch.ExecuteScalarAsync());
            batch.BatchCommands[0].AppendErrorBarrier = true;
            await Assert.ThrowsAsync<InvalidOperationException>(() => batch.ExecuteNonQueryAsync());
        }
        Assert.Equal(0, tenants.Gate.InUse);
        Assert.Equal(4L, await home.AskAsync<long>($"select count(*) from shop.orders where tenant_id = '{home.Bolt}'"));
    }

    [Fact]
    public async Task Plain_ADO_NET_code_works_and_every_connection_comes_back()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        DbDataSource source = tenants.For(home.Acme);
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "select id, total from orders where id >= @from order by id";
            var from = command.CreateParameter();
            (from.ParameterName, from.Value) = ("from", 2L);
            command.Parameters.Add(from);
            // The flags that mappers like to pass; the context's result must not be the single one.
            using var reader = command.ExecuteReader(CommandBehavior.SequentialAccess | CommandBehavior.SingleResult
                | CommandBehavior.SingleRow | CommandBehavior.CloseConnection);
            Assert.True(reader.Read());
            Assert.Equal((2L, 20), (reader.GetInt64(0), reader.GetInt32(1)));
            reader.Close();
            Assert.Equal(ConnectionState.Closed, connection.State);
        }
        using (var command = source.CreateCommand("select 1; select 2"))
            Assert.Equal(1, command.ExecuteScalar());
        await using (var command = source.CreateCommand("select 1 / 0"))
            await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteScalarAsync());
        Assert.Equal(0, tenants.Gate.InUse);
        await using (var batch = source.CreateBatch())
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = "select count(*) from orders";
            batch.BatchCommands.Add(command);
            Assert.Equal(3L, await batch.ExecuteScalarAsync());
        }
        Assert.Equal(0, tenants.Gate.InUse);
    }

    [Fact]
    public async Task A_second_statement_beside_an_open_reader_is_refused_and_harms_nothing()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var first = connection.CreateCommand();
        first.CommandText = "select id from orders order by id";
        await using var reader = await first.ExecuteReaderAsync();
        await reader.ReadAsync();
        await using var second = connection.CreateCommand();
        second.CommandText = "select 1";
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.ExecuteScalarAsync());
        Assert.True(await reader.ReadAsync());
        Assert.Equal(2L, reader.GetInt64(0));
    }

    [Fact]
    public async Task A_connection_that_is_left_comes_back_however_it_is_left()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using (await tenants.For(home.Acme).OpenConnectionAsync())
            Assert.Equal(1, tenants.Gate.InUse);
        Assert.Equal(0, tenants.Gate.InUse);
        using (var connection = tenants.For(home.Acme).CreateConnection())
        {
            connection.Open();
            connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.CommandText = "select 'x'";
            Assert.Equal("x", command.ExecuteScalar());
            Assert.Equal(1, tenants.Gate.InUse);
        }
        Assert.Equal(0, tenants.Gate.InUse);
    }

    static async Task<object?> Value(TenantConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
