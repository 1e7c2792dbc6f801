using Howdah.Client;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench.Client;

/// <summary>The same rows in a database that Howdah itself applied, with and without signed contexts: what a policy costs there is what
/// users pay.</summary>
static class SignedHome
{
    const string Key = "a key of benches";

    internal static async Task<NpgsqlDataSource> MakeAsync(TestServer server, string name, bool signed)
    {
        Environment.SetEnvironmentVariable("HOWDAH_BENCH_KEY", Key);
        Environment.SetEnvironmentVariable("HOWDAH_BENCH_PASSWORD", "app");
        using var harness = new EstateHarness(server, $$"""
            howdah: 1
            estate: {{name}}
            SERVERS
            roles:
              {{name}}_owner: {}
              {{name}}_app: { login: true, password: "${env:HOWDAH_BENCH_PASSWORD}" }
            databases:
              {{name}}:
                owner: {{name}}_owner
                schemas: [shop]
                migrations: migrations/
                grants:
                  - { to: {{name}}_app, on: { database: true }, privileges: [connect] }
                  - { to: {{name}}_app, on: { schema: shop }, privileges: [usage] }
                  - { to: {{name}}_app, on: { all_tables: shop }, privileges: [select] }
                tenancy:
                  model: rows
                  roles: [{{name}}_app]
                  tables: [shop.floored]
                  key: "${env:HOWDAH_BENCH_KEY}"
                  signed: {{(signed ? "true" : "false")}}
            """);
        harness.Write("migrations/0001_floored.sql",
            "create table shop.floored (tenant_id uuid not null, id int not null, v text, primary key (tenant_id, id));");
        await harness.ConvergeAsync();
        await server.ExecuteAsync($"""
            alter table shop.floored no force row level security;
            insert into shop.floored select ('00000000-0000-4000-8000-' || lpad(to_hex(g % {BenchHome.Tenants}), 12, '0'))::uuid, g,
              'value ' || g from generate_series(1, {BenchHome.Rows}) g;
            alter table shop.floored force row level security;
            analyze
            """, name);
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString(name))
        {
            Username = $"{name}_app",
            Password = "app",
            Pooling = true,
        });
    }

    /// <summary>The context of a tenant for this connection.</summary>
    internal static string Sign(Guid tenant, NpgsqlConnection connection) =>
        new Signature(Key, TimeProvider.System).Sign(tenant.ToString(), connection.ProcessID);
}
