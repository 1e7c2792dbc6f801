using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy;
using Howdah.Testing;

namespace Howdah.Patterns.Tests.Tenancy;

/// <summary>A small estate with two tenants, and a copy of its database to go back to after each sabotage.</summary>
sealed class Shop : IDisposable
{
    internal const string Database = "shop";
    const string Kept = "shop_kept";

    const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles:
          shop_owner: {}
          shop_app: { login: true, password: "${generated}" }
          shop_backup: { bypass_rls: true }
        databases:
          shop:
            owner: shop_owner
            schemas: [app]
            migrations: migrations/
            grants:
              - { to: shop_app, on: { database: true }, privileges: [connect] }
              - { to: [shop_app, shop_backup], on: { schema: app }, privileges: [usage] }
              - { to: shop_app, on: { tables: [app.orders, app.notes] }, privileges: [select, insert, update, delete] }
              - { to: shop_app, on: { tables: [app.kinds] }, privileges: [select] }
              - { to: shop_backup, on: { tables: [app.orders, app.notes] }, privileges: [select] }
            tenancy:
              model: rows
              roles: [shop_app]
              tables: [app.orders, app.notes]
              shared: [app.kinds]
              backup: shop_backup
        """;

    // Notes have no index: a policy that is asked anew for each row shows only in a sequential scan.
    const string Tables = """
        create table app.orders (tenant_id uuid not null, id integer not null, what text, primary key (tenant_id, id));
        create table app.notes (tenant_id uuid not null, order_id integer, what text);
        create table app.kinds (kind text primary key);
        """;

    // Rows of the two in turn, so that each has one before one of the other's.
    const string Rows = """
        insert into howdah.tenants (name) values ('a'), ('b');
        insert into app.orders select t.id, n, 'x' from generate_series(1, 3) n cross join howdah.tenants t order by n, t.name;
        insert into app.notes select t.id, n, 'x' from generate_series(1, 3) n cross join howdah.tenants t order by n, t.name;
        """;

    readonly EstateHarness harness;

    Shop(TestServer server)
    {
        Server = server;
        harness = new(server, File);
        harness.Write("migrations/0001_tables.sql", Tables);
    }

    internal TestServer Server { get; }

    internal static async Task<Shop> OpenAsync(int major)
    {
        var shop = new Shop(await TestServer.StartOwnAsync(major));
        await shop.harness.ConvergeAsync();
        await shop.Server.ExecuteAsync(Rows, Database);
        await shop.Server.ExecuteAsync($"create database {Kept} template {Database}");
        await shop.Server.ExecuteAsync(
            $"create table public.kept as select datdba, datacl from pg_database where datname = '{Database}'");
        return shop;
    }

    /// <summary>Puts the database back as it was; owner and privileges of a database are not copied with it.</summary>
    internal async Task RestoreAsync()
    {
        await Server.ExecuteAsync($"drop database {Database} with (force)");
        await Server.ExecuteAsync($"create database {Database} template {Kept}");
        await Server.ExecuteAsync(
            $"update pg_database d set datdba = k.datdba, datacl = k.datacl from public.kept k where d.datname = '{Database}'");
    }

    /// <summary>Proves the tenancy, or only some of its attacks.</summary>
    internal Task<List<Finding>> ProveAsync(params IReadOnlyList<string> attacks) => harness.ProveAsync(attack =>
        attacks.Count == 0 ? TenancyProver.Attacks.Contains(attack) : attacks.Contains(attack.Id));

    /// <summary>What all patterns prove.</summary>
    internal Task<List<Finding>> ProveAllAsync() => harness.ProveAsync();

    public void Dispose() => harness.Dispose();
}
