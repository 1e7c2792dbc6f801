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

    internal static async Task<Home> MakeAsync(int major) => await MakeAsync(await TestServer.GetAsync(major));

    internal static async Task<Home> MakeAsync(TestServer server)
    {
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
        TimeSpan? queue = null, TimeProvider? clock = null, IReadOnlyDictionary<string, string>? servers = null) => new()
    {
        ConnectionString = ConnectionString(more),
        Key = Key,
        FenceTimeout = fence ?? TimeSpan.FromSeconds(10),
        QueueTimeout = queue ?? TimeSpan.FromSeconds(30),
        MaxConnections = connections,
        Limits = limits ?? new(),
        Clock = clock ?? TimeProvider.System,
        Servers = servers ?? new Dictionary<string, string>(),
    };

    /// <summary>A PgBouncer in front of the server, for the application's role and those given besides.</summary>
    internal Task<TestPooler> PoolAsync(params string[] settings) => PoolAsync([], settings);

    internal Task<TestPooler> PoolAsync(IEnumerable<string> places, params string[] settings)
    {
        var logins = places.ToDictionary(static place => place, static place => Passwords.Of(Key, place));
        logins[Role] = "app";
        return TestPooler.StartAsync(Server, logins, settings);
    }

    internal TenantDataSourceOptions Through(TestPooler pooler, PoolerMode mode, string more = "", int connections = 20) => new()
    {
        ConnectionString = pooler.ConnectionString(Database, Role, "app") + ";Pooling=true;" + more,
        Key = Key,
        Pooler = mode,
        MaxConnections = connections,
    };

    internal Task StateAsync(Guid tenant, string state) => RunAsync($"""
        update howdah.tenants set state = '{state}', epoch = epoch + 1 where id = '{tenant}';
        create or replace function howdah.current_tenant() returns uuid language sql stable parallel safe as $f$
          {(state == "active" ? "select nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid" : $"""
            select case when nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid operator(pg_catalog.=) '{tenant}'
              then howdah.refuse() else nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid end
          """)} $f$
        """);

    const string Refusing = """
        create or replace function howdah.current_tenant() returns uuid language sql stable parallel safe as $f$
          select case when nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid operator(pg_catalog.=) '$TENANT$'
            then howdah.refuse() else nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid end $f$
        """;

    /// <summary>Moves a tenant's orders into a schema of its own, as the contract says.</summary>
    internal async Task<string> MoveToSchemaAsync(Guid tenant)
    {
        var place = NewPlace();
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
            {Refusing.Replace("$TENANT$", tenant.ToString(), StringComparison.Ordinal)}
            """);
        return place;
    }

    /// <summary>Moves a tenant's orders into a database of its own.</summary>
    internal async Task<string> MoveToDatabaseAsync(Guid tenant, string server)
    {
        var place = NewPlace();
        await RunAsync($"create role {place} login password '{Passwords.Of(Key, place)}'");
        await RunAsync($"create database {place} template template0");
        await RunAsync($"revoke connect on database {place} from public; grant connect on database {place} to {place}");
        await RunAsync($"""
            create schema shop;
            create table shop.orders (tenant_id uuid not null check (tenant_id = '{tenant}'), id bigint not null, total int not null,
              primary key (tenant_id, id));
            insert into shop.orders select '{tenant}', g, g * 10 from generate_series(1, 3) g;
            grant usage on schema shop to {place};
            grant select, insert, update, delete on shop.orders to {place};
            alter role {place} in database {place} set search_path = shop
            """, place);
        await RunAsync($"""
            delete from shop.orders where tenant_id = '{tenant}';
            update howdah.tenants set model = 'databases', server = '{server}', place = '{place}', epoch = epoch + 1 where id = '{tenant}';
            {Refusing.Replace("$TENANT$", tenant.ToString(), StringComparison.Ordinal)}
            """);
        return place;
    }

    /// <summary>Takes a tenant back into rows and drops its database, whoever is connected.</summary>
    internal async Task ReturnToRowsAsync(Guid tenant, string place)
    {
        await RunAsync($"""
            insert into shop.orders select '{tenant}', g, g * 10 from generate_series(1, 3) g;
            update howdah.tenants set model = 'rows', server = null, place = null, epoch = epoch + 1 where id = '{tenant}'
            """);
        await StateAsync(tenant, "active");
        await RunAsync($"alter role {place} nologin");
        await RunAsync($"drop database {place} with (force)");
        await RunAsync($"drop role {place}");
    }

    static string NewPlace() => "t_" + Guid.NewGuid().ToString("n")[..20];
}
