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
        """;

    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task Tenants_of_an_applied_estate_are_served_checked_and_kept_apart(int major)
    {
        Environment.SetEnvironmentVariable("HOWDAH_CLIENT_TESTS_APP", "app-password-of-tests");
        var server = await TestServer.StartOwnAsync(major);
        using var harness = new EstateHarness(server, Yaml);
        harness.Write("migrations/0001_orders.sql",
            "create table s.orders (tenant_id uuid not null, id bigint not null, total int not null, primary key (tenant_id, id));");
        await harness.ConvergeAsync();
        foreach (var name in (string[])["acme", "bolt"])
            await server.ExecuteAsync($"select howdah.register_tenant('{name}')", "d");
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString("d"))
        {
            Username = "a",
            Password = "app-password-of-tests",
            Pooling = true,
        };
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
}
