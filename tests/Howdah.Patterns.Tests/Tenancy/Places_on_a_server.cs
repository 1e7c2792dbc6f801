using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

public sealed class Places_on_a_server
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Have_homes_structure_whichever_the_model_and_only_their_tenant_gets_in(int major)
    {
        using var market = await Market.OpenAsync(major);
        await using var tenants = await market.TenantsAsync();
        var all = new List<Tenant>();
        foreach (var model in (TenancyModel[])[TenancyModel.Rows, TenancyModel.Schemas, TenancyModel.Schemas, TenancyModel.Databases,
            TenancyModel.Databases])
            all.Add(await tenants.CreateAsync($"{model}{all.Count}", model, null, default));
        await using var home = await market.HomeAsync();
        var wanted = (await Structure.HashesAsync(market.Spec, home, [], default))[""];
        var schemas = all.Where(static tenant => tenant.Home.Model == TenancyModel.Schemas).Select(static tenant => tenant.Home.Place!)
            .ToList();
        var hashes = await Structure.HashesAsync(market.Spec, home, schemas, default);
        Assert.Equal(2, hashes.Count);
        Assert.All(hashes.Values, hash => Assert.Equal(wanted, hash));
        foreach (var tenant in all.Where(static tenant => tenant.Home.Model == TenancyModel.Databases))
        {
            await using var inside = await market.Server.OpenAsync(tenant.Home.Database);
            Assert.Equal(wanted, (await Structure.HashesAsync(market.Spec, inside, [], default))[""]);
        }

        // The same SQL serves everybody.
        foreach (var tenant in all)
        {
            await using var login = await market.LoginAsync(tenant);
            Assert.Equal(true, await Market.RunAsync(login, $"""
                insert into orders (tenant_id, kind, mail, total, big) values ('{tenant.Id}', 'a', 'x@y', 3, 'b');
                insert into lines (tenant_id, order_id, what) select tenant_id, id, 'w' from orders;
                insert into notes (tenant_id, what) values ('{tenant.Id}', '{tenant.Name}');
                select touched = 'yes' and mood = 'calm' and ticket >= 100 and twice = 6 and n >= 1
                from orders join lines on order_id = id where orders.tenant_id = lines.tenant_id
                """));
            Assert.Equal("second", await Market.RunAsync(login, "select label from kinds where kind = 'b'"));
            Assert.Equal("42501", await Market.RefusalAsync(login, "insert into kinds values ('c')"));
            Assert.Equal("42501", await Market.RefusalAsync(login, "create table mine (x int)"));
            Assert.Equal("42501", await Market.RefusalAsync(login, "create temporary table orders (x int)"));
            Assert.Equal(1L, await Market.RunAsync(login, "select count(*) from orders"));
            foreach (var other in all.Where(other => other != tenant))
            {
                if (tenant.Home.Model == TenancyModel.Schemas && other.Home.Model == TenancyModel.Schemas)
                    Assert.Equal("42501", await Market.RefusalAsync(login, $"select 1 from {other.Home.Place}.orders"));
                if (tenant.Home.Model == TenancyModel.Schemas)
                    Assert.Equal("42501", await Market.RefusalAsync(login, "select 1 from app.orders"));
                // Nothing foreign stands in a place of one's own.
                Assert.Contains(await Market.RefusalAsync(login, $"insert into notes values ('{other.Id}', 'z')"), (string[])["23514",
                    "42501"]);
                if (other.Home.Model == TenancyModel.Databases)
                    Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => market.LoginAsync(tenant,
                        other.Home.Database)))
                        .SqlState);
            }
        }
        await using var app = await market.Session.Servers["main"].OpenLoginAsync("market_app", Market.Database, default);
        foreach (var tenant in all)
        {
            await using var command = new NpgsqlCommand("select state, model, database, place, role, epoch >= 1 from howdah.locate($1)",
                app)
            {
                Parameters = { new() { Value = tenant.Id } },
            };
            await using var row = await command.ExecuteReaderAsync();
            Assert.True(await row.ReadAsync());
            Assert.Equal(("active", TenantRegistry.NameOf(tenant.Home.Model), tenant.Home.Database, tenant.Home.Place ?? "market_app"),
                (row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(4)));
        }
        Assert.Equal("8MB", await market.Server.ScalarAsync<string>("show work_mem", all[^1].Home.Database));
        Assert.Empty((await market.Estate.PlanAsync()).Steps);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_made_anew_with_the_structure_of_the_day_and_dropped_without_a_trace(int major)
    {
        using var market = await Market.OpenAsync(major);
        await using var tenants = await market.TenantsAsync();
        await using var home = await market.HomeAsync();
        var first = await tenants.CreateAsync("first", TenancyModel.Databases, null, default);
        await market.Server.ExecuteAsync("set role market_owner; alter table app.notes add column more int default 7", Market.Database);
        var wanted = (await Structure.HashesAsync(market.Spec, home, [], default))[""];
        foreach (var model in (TenancyModel[])[TenancyModel.Databases, TenancyModel.Schemas])
        {
            var later = await tenants.CreateAsync($"later {model}", model, null, default);
            await using var login = await market.LoginAsync(later);
            Assert.Equal(7, await Market.RunAsync(login, "insert into notes (what) values ('x') returning more"));
        }
        await using (var inside = await market.Server.OpenAsync(first.Home.Database))
            Assert.NotEqual(wanted, (await Structure.HashesAsync(market.Spec, inside, [], default))[""]);

        var maker = new PlaceMaker(market.Session, market.Spec, home);
        foreach (var tenant in await tenants.ListAsync(default))
        {
            await maker.DropAsync(tenant.Home, default);
            await maker.DropAsync(tenant.Home, default);
        }
        Assert.Equal(0L, await market.Server.ScalarAsync<long>("""
            select (select count(*) from pg_roles where rolname ~ '^t_') + (select count(*) from pg_database where datname ~ '^t_')
              + (select count(*) from pg_namespace where nspname ~ '^t_')
            """, Market.Database));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Close_and_open_with_their_tenant(int major)
    {
        using var market = await Market.OpenAsync(major);
        await using var tenants = await market.TenantsAsync();
        foreach (var model in Enum.GetValues<TenancyModel>())
        {
            var tenant = await tenants.CreateAsync($"{model}", model, null, default);
            var other = await tenants.CreateAsync($"{model} other", model, null, default);
            await using var login = await market.LoginAsync(tenant);
            await using var others = await market.LoginAsync(other);
            await using var prepared = new NpgsqlCommand("select count(*) from notes", login);
            await prepared.PrepareAsync();
            Assert.Equal(0L, await prepared.ExecuteScalarAsync());
            Assert.Equal(("suspended", tenant.Epoch + 1), await tenants.SuspendAsync(tenant.Name, default) is var closed
                ? (closed.State, closed.Epoch) : default);
            await tenants.SuspendAsync(tenant.Name, default);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => prepared.ExecuteScalarAsync());
            Assert.Equal(model == TenancyModel.Rows ? "HW001" : "42501", refused.SqlState);
            if (model == TenancyModel.Rows)
            {
                // As uuids, not as texts.
                await Market.RunAsync(login, $"select set_config('howdah.tenant', '{tenant.Id.ToString().ToUpperInvariant()}', false)");
                Assert.Equal("HW001", await Market.RefusalAsync(login, "select count(*) from notes"));
                Assert.Equal("HW001", await Market.RefusalAsync(login, $"insert into notes values ('{tenant.Id}', 'x')"));
            }
            else
            {
                Assert.Equal("28000", (await Assert.ThrowsAsync<PostgresException>(() => market.LoginAsync(tenant))).SqlState);
            }
            Assert.Equal(0L, await Market.RunAsync(others, "select count(*) from notes"));
            Assert.Empty((await market.Estate.PlanAsync()).Steps);
            await tenants.ResumeAsync(tenant.Name, default);
            await using var again = await market.LoginAsync(tenant);
            Assert.Equal(0L, await Market.RunAsync(again, "select count(*) from notes"));
            await tenants.RenameAsync(tenant.Name, $"{model} renamed", default);
            Assert.Equal(tenant.Id, (await tenants.RenameAsync(tenant.Name, $"{model} renamed", default)).Id);
            Assert.Equal("create,suspend,resume,rename", await market.Server.ScalarAsync<string>(
                $"select string_agg(action, ',' order by at) from howdah.tenant_events where tenant = '{tenant.Id}'", Market.Database));
        }
    }
}
