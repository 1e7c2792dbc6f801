using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>The guarantees through PgBouncer in transaction mode, with few server processes and a client that leaves dirt in
/// them.</summary>
public sealed class PooledTests
{
    public static TheoryData<int, int> Pools => new() { { 15, 1 }, { 15, 3 }, { 18, 1 }, { 18, 3 } };
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Pools))]
    public async Task No_tenant_sees_or_changes_anothers_rows_whatever_others_leave(int major, int size)
    {
        var home = await Home.MakeAsync(major);
        var ids = new List<Guid> { home.Acme, home.Bolt };
        for (var i = 0; i < 4; i++)
            ids.Add(await home.CreateAsync($"t{i}"));
        await using var pooler = await home.PoolAsync("pool_mode = transaction", $"default_pool_size = {size}");
        await using var tenants = new TenantDataSource(home.Through(pooler, PoolerMode.Transaction));
        using var stop = new CancellationTokenSource();
        var dirt = Task.Run(() => PolluteAsync(home, pooler, ids, stop.Token));
        var written = new int[ids.Count];
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            var mine = worker % ids.Count;
            var tenant = tenants.For(ids[mine]);
            for (var i = 0; i < 25; i++)
                Interlocked.Add(ref written[mine], await OneAsync(tenant, worker, i));
        })));
        await stop.CancelAsync();
        await dirt;
        for (var i = 0; i < ids.Count; i++)
            Assert.Equal(3L + written[i], await home.AskAsync<long>($"select count(*) from shop.orders where tenant_id = '{ids[i]}'"));
        Assert.Equal(0, tenants.Gate.InUse);
    }

    /// <summary>One piece of work of many kinds; returns how many rows it kept.</summary>
    static async Task<int> OneAsync(Tenant tenant, int worker, int i)
    {
        await using var connection = await tenant.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.Parameters.Add(new() { Value = 1000L + (worker * 100) + i });
        const string insert = "insert into shop.orders values (current_setting('howdah.tenant')::uuid, $1, 0)";
        var kept = 0;
        switch (i % 4)
        {
            case 0:
                command.CommandText = insert;
                kept = await command.ExecuteNonQueryAsync();
                break;
            case 1:
                await using (var transaction = await connection.BeginTransactionAsync())
                {
                    command.CommandText = insert;
                    kept = await command.ExecuteNonQueryAsync();
                    await SeesOnlyItsOwnAsync(connection, tenant);
                    await transaction.CommitAsync();
                }
                break;
            case 2:
                await using (await connection.BeginTransactionAsync())
                {
                    command.CommandText = insert;
                    await command.ExecuteNonQueryAsync();
                }
                break;
            default:
                command.CommandText = "select 1 / 0 from shop.orders where id <> $1";
                await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteScalarAsync());
                break;
        }
        await SeesOnlyItsOwnAsync(connection, tenant);
        return kept;
    }

    static async Task SeesOnlyItsOwnAsync(TenantConnection connection, Tenant tenant)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*), count(*) filter (where tenant_id <> $1) from shop.orders";
        command.Parameters.Add(new() { Value = tenant.Id });
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.True(reader.GetInt64(0) >= 3);
        Assert.Equal(0L, reader.GetInt64(1));
    }

    /// <summary>A program of the same login that sets the tenant for whole sessions, as many do.</summary>
    static async Task PolluteAsync(Home home, TestPooler pooler, List<Guid> ids, CancellationToken stop)
    {
        var settings = new NpgsqlConnectionStringBuilder(pooler.ConnectionString(home.Database, home.Role,
            "app")) { NoResetOnClose = true };
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand("select set_config('howdah.tenant', $1, false)", connection);
            command.Parameters.Add(new() { Value = ids[i % ids.Count].ToString() });
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task The_detector_works_a_context_of_the_session_is_seen_by_others_through_this_pooler(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var pooler = await home.PoolAsync("pool_mode = transaction", "default_pool_size = 1");
        await using var one = new NpgsqlConnection(pooler.ConnectionString(home.Database, home.Role, "app"));
        await using var other = new NpgsqlConnection(pooler.ConnectionString(home.Database, home.Role, "app"));
        await one.OpenAsync();
        await other.OpenAsync();
        await using var set = new NpgsqlCommand($"select set_config('howdah.tenant', '{home.Acme}', false)", one);
        await set.ExecuteNonQueryAsync();
        await using var count = new NpgsqlCommand("select count(*) from shop.orders", other);
        Assert.Equal(3L, await count.ExecuteScalarAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_moved_tenant_is_followed_through_the_pooler(int major)
    {
        var home = await Home.MakeAsync(major);
        // A pooler knows its logins beforehand, so the tenant moves before it starts; the client has not heard of it.
        await using var direct = home.Open();
        await using (var command = direct.For(home.Acme).CreateCommand("select sum(total) from orders"))
            Assert.Equal(60L, await command.ExecuteScalarAsync());
        var place = await home.MoveToSchemaAsync(home.Acme);
        await using var pooler = await home.PoolAsync([place], "pool_mode = transaction", "default_pool_size = 1");
        await using var tenants = new TenantDataSource(home.Through(pooler, PoolerMode.Transaction));
        await using (var command = tenants.For(home.Acme).CreateCommand("select current_user || ' ' || sum(total) from orders"))
            Assert.Equal($"{place} 60", await command.ExecuteScalarAsync());
        await home.StateAsync(home.Acme, "suspended");
        await home.RunAsync($"revoke all on all tables in schema {place} from {place}");
        await using var refused = tenants.For(home.Acme).CreateCommand("select sum(total) from orders");
        await Assert.ThrowsAsync<TenantSuspendedException>(async () => await refused.ExecuteScalarAsync());
    }
}
