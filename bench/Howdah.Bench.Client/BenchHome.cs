using Howdah.Client;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench.Client;

/// <summary>A home with 100 tenants and the same 100,000 rows twice: under the floor and without any.</summary>
sealed class BenchHome(TestServer server, string database, string connectionString)
{
    internal const int Tenants = 100, Rows = 100_000;

    /// <summary>The context as the client sends it, for what is written by hand beside it.</summary>
    internal const string Context = "select where pg_catalog.set_config('howdah.tenant', $1, true) is not null";

    internal TestServer Server => server;
    internal string Database => database;

    internal static Guid Tenant(int i) => new(0, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, (byte)(i >> 8), (byte)i);

    internal static async Task<BenchHome> MakeAsync(TestServer server)
    {
        await server.ExecuteAsync("create role app login password 'app'");
        await server.CreateDatabaseAsync("bench");
        await server.ExecuteAsync($"""
            create schema howdah;
            create schema shop;
            create table howdah.tenants (id uuid primary key, name text not null unique, state text not null default 'active');
            insert into howdah.tenants select ('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, 't' || g
              from generate_series(0, {Tenants - 1}) g;
            create function howdah.locate(tenant uuid)
              returns table (id uuid, state text, model text, server text, database text, place text, role text, epoch bigint)
              language sql stable security definer set search_path = pg_catalog, pg_temp as
              $f$ select t.id, t.state, 'rows', null, current_database()::text, null, null,
                  1::bigint from howdah.tenants t where t.id = tenant $f$;
            create function howdah.current_tenant() returns uuid language sql stable parallel safe
              as $f$ select nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid $f$;
            create table shop.plain (tenant_id uuid not null, id int not null, v text, primary key (tenant_id, id));
            insert into shop.plain select ('00000000-0000-4000-8000-' || lpad(to_hex(g % {Tenants}), 12, '0'))::uuid, g, 'value ' || g
              from generate_series(1, {Rows}) g;
            create table shop.floored (like shop.plain including all);
            insert into shop.floored select * from shop.plain;
            alter table shop.floored enable row level security;
            alter table shop.floored force row level security;
            create policy base on shop.floored to app using (true) with check (true);
            create policy floor on shop.floored as restrictive using (tenant_id = (select howdah.current_tenant()));
            grant usage on schema howdah, shop to app;
            grant select on shop.plain, shop.floored to app;
            alter role app set search_path = shop;
            analyze
            """, "bench");
        return new(server, "bench", new NpgsqlConnectionStringBuilder(server.ConnectionString("bench"))
        {
            Username = "app",
            Password = "app",
            Pooling = true,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
            MaxPoolSize = 40,
        }.ConnectionString);
    }

    internal NpgsqlDataSource Bare() => NpgsqlDataSource.Create(connectionString);

    internal TenantDataSource Bound(TenantLimits? limits = null, int connections = 40) => new(new()
    {
        ConnectionString = connectionString,
        MaxConnections = connections,
        Limits = limits ?? new(),
        QueueTimeout = TimeSpan.FromSeconds(60),
    });
}
