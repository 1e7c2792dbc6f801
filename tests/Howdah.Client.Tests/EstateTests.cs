using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>A home that Howdah itself applied: its registry, its floor, its roles.</summary>
public sealed class EstateTests
{
    const string Yaml =
        """
        howdah: 1
        estate: shop
        SERVERS
        roles:
          o: {}
          a: { login: true, password: "${env:HOWDAH_CLIENT_TESTS_APP}" }
        databases:
          d:
            owner: o
            schemas: [s]
            migrations: migrations/
            grants:
              - { to: a, on: { database: true }, privileges: [connect] }
              - { to: a, on: { schema: s }, privileges: [usage] }
              - { to: a, on: { all_tables: s }, privileges: [select, insert, update, delete] }
            tenancy:
              model: rows
              roles: [a]
              tables: [s.orders]
              key: "${env:HOWDAH_CLIENT_TESTS_KEY}"
              signed: SIGNED
        """;

    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task Tenants_of_an_applied_estate_are_served_checked_and_kept_apart(int major)
    {
        var (server, settings) = await ApplyAsync(major, signed: false);
        await using (var tenants = new TenantDataSource(new() { ConnectionString = settings.ConnectionString }))
        {
            await tenants.CheckAsync();
            foreach (var name in (string[])["acme", "bolt"])
            {
                var tenant = (await tenants.FindAsync(name))!;
                await using var connection = await tenant.OpenConnectionAsync();
                await using (var import = await connection.BeginImportAsync("s.orders", ["tenant_id", "id", "total"]))
                {
                    for (var i = 0; i < 10; i++)
                    {
                        await import.StartRowAsync();
                        import.Write(tenant.Id);
                        import.Write((long)i);
                        import.Write(i);
                    }
                    Assert.Equal(10, await import.CompleteAsync());
                }
                await using var count = connection.CreateCommand();
                count.CommandText = "select count(*) from s.orders";
                Assert.Equal(10L, await count.ExecuteScalarAsync());
            }
            Assert.Null(await tenants.FindAsync("nobody"));
            await Assert.ThrowsAsync<TenantUnknownException>(async () => await tenants.For(Guid.NewGuid()).OpenConnectionAsync());
        }
        settings.Username = new NpgsqlConnectionStringBuilder(server.ConnectionString()).Username;
        settings.Password = new NpgsqlConnectionStringBuilder(server.ConnectionString()).Password;
        await using (var tenants = new TenantDataSource(new() { ConnectionString = settings.ConnectionString }))
        {
            var refused = await Assert.ThrowsAsync<TenancyCheckException>(() => tenants.CheckAsync());
            Assert.Contains("superuser", Assert.Single(refused.Findings), StringComparison.Ordinal);
        }
        await server.StopAsync();
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Signed_contexts_keep_even_injected_SQL_in_its_tenant_directly_and_through_a_pooler(int major)
    {
        var (server, settings) = await ApplyAsync(major, signed: true);
        await using var pooler = await TestPooler.StartAsync(server, new Dictionary<string, string> { ["a"] = Password },
            "pool_mode = transaction", "default_pool_size = 2");
        var (home, clock) = (pooler.ConnectionString("d", "a", Password) + ";Pooling=true", TimeProvider.System);
        foreach (var mode in (PoolerMode[])[PoolerMode.None, PoolerMode.Transaction])
        {
            TenantDataSource Open(string key, TimeProvider time) => new(new()
            {
                ConnectionString = mode == PoolerMode.None ? settings.ConnectionString : home,
                Pooler = mode,
                Key = key,
                Signed = true,
                Clock = time,
            });
            await using var tenants = Open(Key, clock);
            var (acme, bolt) = ((await tenants.FindAsync("acme"))!, (await tenants.FindAsync("bolt"))!);
            await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
            {
                var tenant = i % 2 == 0 ? acme : bolt;
                await using var connection = await tenant.OpenConnectionAsync();
                await using var transaction = i % 3 == 0 ? await connection.BeginTransactionAsync() : null;
                await using var insert = connection.CreateCommand();
                insert.CommandText = "insert into s.orders values ($1, $2, 1)";
                insert.Parameters.Add(new() { Value = tenant.Id });
                insert.Parameters.Add(new() { Value = ((long)mode * 100) + i });
                Assert.Equal(1, await insert.ExecuteNonQueryAsync());
                if (transaction is not null)
                    await transaction.CommitAsync();
                await using var foreign = connection.CreateCommand();
                foreign.CommandText = "select count(*) from s.orders where tenant_id <> $1";
                foreign.Parameters.Add(new() { Value = tenant.Id });
                Assert.Equal(0L, await foreign.ExecuteScalarAsync());
            }));
            // What SQL that got into a statement can do: say another tenant, change its own context, use one that ended.
            var signature = new Signature(Key, clock) { Bound = false };
            var mine = signature.Sign(acme.Text(), 0);
            var past = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(clock.GetUtcNow().AddMinutes(-3));
            string[] forged =
            [
                bolt.Text(), mine.Replace(acme.Text(), bolt.Text(), StringComparison.Ordinal), mine[..^1] + (mine[^1] == '0' ? '1' : '0'),
                new Signature("another key", clock) { Bound = false }.Sign(bolt.Text(), 0), "x", new string('.', 80), mine + "0",
                new Signature(Key, past) { Bound = false }.Sign(bolt.Text(), 0),
                new Signature(Key, clock).Sign(bolt.Text(), 1),
            ];
            foreach (var context in forged)
            {
                await using var injected = acme.CreateCommand(
                    $"with x as materialized (select set_config('howdah.tenant', '{context}', true)) select (select count(*) from x) "
                    + "+ (select count(*) from s.orders)");
                var refused = await Assert.ThrowsAsync<PostgresException>(async () => await injected.ExecuteScalarAsync());
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
            await using var wrong = Open("another key", clock);
            await using var by = wrong.For(acme.Id).CreateCommand("select count(*) from s.orders");
            await Assert.ThrowsAsync<PostgresException>(async () => await by.ExecuteScalarAsync());
            // The boundary that the guide tells of: a context is its holder's. One that is bound to its process is of use there only; one
            // that went through a pooler is of use in any, until it ends.
            await using var session = await acme.OpenConnectionAsync();
            await using var own = session.CreateCommand();
            own.CommandText = "select current_setting('howdah.tenant')";
            var leaked = (string)(await own.ExecuteScalarAsync())!;
            Assert.Equal(mode == PoolerMode.Transaction, leaked.Split('.')[2] == "0");
            await using var thief = new NpgsqlConnection(settings.ConnectionString);
            await thief.OpenAsync();
            await using var replay = new NpgsqlBatch(thief);
            replay.BatchCommands.Add(new($"select set_config('howdah.tenant', '{leaked}', true)"));
            replay.BatchCommands.Add(new("select count(*) from s.orders"));
            if (mode == PoolerMode.None)
                await Assert.ThrowsAsync<PostgresException>(() => replay.ExecuteNonQueryAsync());
            else
                await replay.ExecuteNonQueryAsync();
        }
        await server.StopAsync();
    }

    const string Password = "app-password-of-tests", Key = "a key of the client's tests";

    static async Task<(TestServer Server, NpgsqlConnectionStringBuilder Settings)> ApplyAsync(int major, bool signed)
    {
        Environment.SetEnvironmentVariable("HOWDAH_CLIENT_TESTS_APP", Password);
        Environment.SetEnvironmentVariable("HOWDAH_CLIENT_TESTS_KEY", Key);
        var server = await TestServer.StartOwnAsync(major);
        using var harness = new EstateHarness(server, Yaml.Replace("SIGNED", signed ? "true" : "false", StringComparison.Ordinal));
        harness.Write("migrations/0001_orders.sql",
            "create table s.orders (tenant_id uuid not null, id bigint not null, total int not null, primary key (tenant_id, id));");
        await harness.ConvergeAsync();
        foreach (var name in (string[])["acme", "bolt"])
            await server.ExecuteAsync($"select howdah.register_tenant('{name}')", "d");
        return (server, new(server.ConnectionString("d")) { Username = "a", Password = Password, Pooling = true });
    }
}

static class TenantTexts
{
    internal static string Text(this Tenant tenant) => tenant.Id.ToString();
}
