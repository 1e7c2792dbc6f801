using Howdah.Testing;
using Npgsql;

namespace Howdah.Client.Tests;

/// <summary>A home database made by the contract of tenancy, with two tenants, and the doors that a mover would use.</summary>
sealed class Home
{
    internal const string Key = "a key of tests";
    static int counter;

    Home(TestServer server, string database, string role)
    {
        Server = server;
        Database = database;
        Role = role;
    }

    internal TestServer Server { get; }
    internal string Database { get; }
    internal string Role { get; }
    internal Guid Acme { get; private set; }
    internal Guid Bolt { get; private set; }

    internal static async Task<Home> MakeAsync(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await server.CreateDatabaseAsync();
        var role = $"app_{Environment.ProcessId}_{Interlocked.Increment(ref counter)}";
        await server.ExecuteAsync($"create role \"{role}\" login password 'app'");
        var home = new Home(server, database, role);
        await using var text = typeof(Home).Assembly.GetManifestResourceStream("Howdah.Client.Tests.Home.sql")!;
        await home.RunAsync((await new StreamReader(text).ReadToEndAsync()).Replace("$ROLE$", role, StringComparison.Ordinal));
        await home.RunAsync($"alter role \"{role}\" in database \"{database}\" set search_path = shop");
        (home.Acme, home.Bolt) = (await home.CreateAsync("acme"), await home.CreateAsync("bolt"));
        return home;
    }

    internal Task RunAsync(string sql, string? database = null) => Server.ExecuteAsync(sql, database ?? Database);

    internal Task<T?> AskAsync<T>(string sql, string? database = null) => Server.ScalarAsync<T>(sql, database ?? Database);

    /// <summary>A tenant with three orders: 1, 2, 3.</summary>
    internal async Task<Guid> CreateAsync(string name)
    {
        var id = await AskAsync<Guid>($"insert into howdah.tenants (name) values ('{name}') returning id");
        await RunAsync($"insert into shop.orders select '{id}', g, g * 10 from generate_series(1, 3) g;"
            + $"insert into shop.open select '{id}', g, g * 10 from generate_series(1, 3) g");
        return id;
    }

    internal string ConnectionString(string more = "") => new NpgsqlConnectionStringBuilder(Server.ConnectionString(Database))
    {
        Username = Role,
        Password = "app",
        Pooling = true,
    }.ConnectionString + ";" + more;

    internal TenantDataSource Open(TenantDataSourceOptions? options = null) => new(options ?? Options());

    internal TenantDataSourceOptions Options(string more = "", TimeSpan? fence = null, TenantLimits? limits = null, int connections = 20,
        TimeSpan? queue = null) => new()
    {
        ConnectionString = ConnectionString(more),
        Key = Key,
        FenceTimeout = fence ?? TimeSpan.FromSeconds(10),
        QueueTimeout = queue ?? TimeSpan.FromSeconds(30),
        MaxConnections = connections,
        Limits = limits ?? new(),
    };

    internal Task StateAsync(Guid tenant, string state) => RunAsync($"""
        update howdah.tenants set state = '{state}', epoch = epoch + 1 where id = '{tenant}';
        create or replace function howdah.current_tenant() returns uuid language sql stable parallel safe as $f$
          {(state == "active" ? "select nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid" : $"""
            select case when nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid operator(pg_catalog.=) '{tenant}'
              then howdah.refuse() else nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid end
          """)} $f$
        """);

    /// <summary>Moves a tenant's orders into a schema of its own, as the contract says.</summary>
    internal async Task<string> MoveToSchemaAsync(Guid tenant)
    {
        var place = "t_" + Guid.NewGuid().ToString("n")[..20];
        await RunAsync($"""
            create role {place} login password '{Passwords.Of(Key, place)}';
            create schema {place};
            create table {place}.orders (like shop.orders including all);
            alter table {place}.orders add constraint howdah_tenant_only check (tenant_id = '{tenant}');
            insert into {place}.orders select * from shop.orders where tenant_id = '{tenant}';
            grant usage on schema {place} to {place};
            grant select, insert, update, delete on {place}.orders to {place};
            alter role {place} in database "{Database}" set search_path = {place};
            grant usage on schema howdah to {place};
            delete from shop.orders where tenant_id = '{tenant}';
            update howdah.tenants set model = 'schemas', place = '{place}', state = 'active', epoch = epoch + 1 where id = '{tenant}';
            create or replace function howdah.current_tenant() returns uuid language sql stable parallel safe as $f$
              select case when nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid operator(pg_catalog.=) '{tenant}'
                then howdah.refuse() else nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid end $f$
            """);
        return place;
    }
}
