using Howdah.Patterns.Pipelines;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

public sealed class Loads_under_the_floor
{
    const string Yaml = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, shop_app: { login: true, password: "${generated}" } }
        databases:
          shop:
            owner: shop_owner
            schemas: [app]
            migrations: migrations/
            grants:
              - { to: shop_app, on: { database: true }, privileges: [connect] }
              - { to: shop_app, on: { schema: app }, privileges: [usage] }
              - { to: shop_app, on: { tables: [app.orders] }, privileges: [select] }
            tenancy: { model: rows, roles: [shop_app], tables: [app.orders] }
            pipelines:
              orders:
                files: orders.csv
                columns:
                  tenant: { stage_only: true }
                  id: integer
                  tenant_id: { value: "howdah.register_tenant(tenant)" }
                into: app.orders
                mode: upsert
                key: [tenant_id, id]
        """;

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Are_whole_and_leave_it_as_it_was(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, Yaml);
        estate.Write("migrations/0001_orders.sql",
            "create table app.orders (tenant_id uuid not null, id integer not null, primary key (tenant_id, id));\n");
        estate.Write("orders.csv", "tenant,id\na,1\nb,1\na,2\na,2\n");
        await estate.ConvergeAsync();
        var session = await estate.OpenAsync();
        var report = Assert.Single(await PipelineLoad.RunAsync(session, session.Estate.Databases[0], "orders", new(), default));
        Assert.Equal("Loaded 4 = 3 + 0 + 0 + 1", Harbor.Line(report));
        Assert.Equal("a1,a2,b1", await server.ScalarAsync<string>(
            "select string_agg(t.name || o.id, ',' order by t.name, o.id) from app.orders o join howdah.tenants t on t.id = o.tenant_id",
            "shop"));
        Assert.True(await server.ScalarAsync<bool>(
            "select relforcerowsecurity from pg_class where oid = 'app.orders'::regclass", "shop"));
        Assert.Empty((await estate.PlanAsync()).Steps);
    }
}
