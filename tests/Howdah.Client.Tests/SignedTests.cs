using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Signed contexts, against a verifier as the contract of tenancy describes it.</summary>
public sealed class SignedTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task A_signed_context_is_believed_and_no_other(int major)
    {
        var home = await SignedHomeAsync(major);
        await using var tenants = new TenantDataSource(new() { ConnectionString = home.ConnectionString(), Key = Home.Key, Signed = true });
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select sum(total) from orders";
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        command.CommandText = "select sum(total) from orders; select current_setting('howdah.tenant')";
        Assert.Equal(60L, await command.ExecuteScalarAsync());
        // It names this very process, so that it is of no use to another.
        command.CommandText = "select current_setting('howdah.tenant')";
        var context = (string)(await command.ExecuteScalarAsync())!;
        Assert.Equal(connection.Session.Connection.ProcessID.ToString(System.Globalization.CultureInfo.InvariantCulture), context.Split(
            '.')[2]);
        foreach (var forged in (string[])[home.Bolt.ToString(), context, context.Replace(home.Acme.ToString(), home.Bolt.ToString(),
            StringComparison.Ordinal)])
        {
            await using var other = new NpgsqlConnection(home.ConnectionString());
            await other.OpenAsync();
            await using var batch = new NpgsqlBatch(other);
            batch.BatchCommands.Add(new($"select set_config('howdah.tenant', '{forged}', true)"));
            batch.BatchCommands.Add(new("select sum(total) from orders"));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InvalidAuthorizationSpecification, refused.SqlState);
        }
        await using var wrong = new TenantDataSource(new() { ConnectionString = home.ConnectionString(), Key = "another", Signed = true });
        await using var by = wrong.For(home.Acme).CreateCommand("select sum(total) from orders");
        await Assert.ThrowsAsync<PostgresException>(async () => await by.ExecuteScalarAsync());
        Assert.Throws<ArgumentException>(() => new TenantDataSource(new() { ConnectionString = home.ConnectionString(), Signed = true }));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Through_a_pooler_the_context_names_no_process(int major)
    {
        var home = await SignedHomeAsync(major);
        await using var pooler = await home.PoolAsync("pool_mode = transaction", "default_pool_size = 2");
        var through = home.Through(pooler, PoolerMode.Transaction);
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = through.ConnectionString,
            Pooler = through.Pooler,
            Key = Home.Key,
            Signed = true,
        });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using var command = tenants.For(i % 2 == 0 ? home.Acme : home.Bolt).CreateCommand("select sum(total) from orders");
            Assert.Equal(60L, await command.ExecuteScalarAsync());
        }));
    }

    [Fact]
    public async Task A_context_is_renewed_before_it_ends()
    {
        var home = await SignedHomeAsync(18);
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-10));
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = home.ConnectionString(),
            Key = Home.Key,
            Signed = true,
            Clock = clock,
        });
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select sum(total) from orders";
        await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteScalarAsync());
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(60L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_long_transaction_gets_its_context_anew_also_where_a_savepoint_took_it_back()
    {
        var home = await SignedHomeAsync(18);
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = home.ConnectionString(),
            Key = Home.Key,
            Signed = true,
            Clock = clock,
        });
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        async Task<long> EndAsync()
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "select current_setting('howdah.tenant') from orders limit 1";
            var context = (string)(await command.ExecuteScalarAsync())!;
            return long.Parse(context.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        var first = await EndAsync();
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(first, await EndAsync());
        await transaction.SaveAsync("before");
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(first + 100, await EndAsync());
        await transaction.RollbackAsync("before");
        Assert.Equal(first + 100, await EndAsync());
        await transaction.CommitAsync();
    }

    static async Task<Home> SignedHomeAsync(int major)
    {
        var home = await Home.MakeAsync(major);
        var key = Passwords.Signing(Home.Key);
        string Padded(byte with) => Convert.ToHexString([.. Enumerable.Range(0, 64).Select(i => (byte)((i < key.Length ? key[i]
            : 0) ^ with))]);
        await home.RunAsync($"""
            create table howdah.signing (inside bytea, outside bytea);
            insert into howdah.signing values ('\x{Padded(0x36)}', '\x{Padded(0x5c)}');
            create function howdah.verify(v text) returns uuid language plpgsql stable security definer set search_path = pg_catalog,
                pg_temp as $f$
            declare parts text[] := string_to_array(v, '.'); k howdah.signing;
            begin
              select * into k from howdah.signing;
              if v is null then return null; end if;
              if array_length(parts, 1) is distinct from 4 or encode(sha256(k.outside || sha256(k.inside
                   || convert_to(left(v, -65), 'UTF8'))), 'hex') <> parts[4]
                 or parts[2]::bigint < extract(epoch from clock_timestamp()) or parts[3]::int not in (0, pg_backend_pid()) then
                raise exception using errcode = '28000', message = 'this context is not signed';
              end if;
              return parts[1]::uuid;
            end $f$;
            create or replace function howdah.current_tenant() returns uuid language sql stable
              as $f$ select howdah.verify(nullif(pg_catalog.current_setting('howdah.tenant', true), '')) $f$;
            """);
        return home;
    }
}
