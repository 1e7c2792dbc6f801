using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>What users of other libraries complain about and no other test here holds.</summary>
public sealed class ComplaintTests
{
    public static TheoryData<int> Majors => [15, 18];

    /// <summary>"Same model, many schemas": elsewhere a model, and its memory and start-up time, for each schema.</summary>
    [Theory, MemberData(nameof(Majors))]
    public async Task One_model_serves_tenants_in_all_three_models_side_by_side(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        var third = await shop.Home.CreateAsync("third");
        await shop.Home.RunAsync("alter table shop.lines drop constraint lines_tenant_id_order_id_fkey");
        await shop.Home.MoveToSchemaAsync(shop.Home.Bolt);
        await shop.Home.MoveToDatabaseAsync(third, "main");
        await using var tenants = shop.Home.Open(shop.Home.Options(servers: new Dictionary<string, string>
        {
            ["main"] = shop.Home.Server.ConnectionString(),
        }));
        var models = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var id in (Guid[])[shop.Home.Acme, shop.Home.Bolt, third, shop.Home.Acme])
        {
            await using var context = Shop.Open(tenants.For(id));
            models.Add(context.Model);
            Assert.All(await context.Orders.ToListAsync(), order => Assert.Equal(id, order.TenantId));
            Assert.Equal(60, await context.Orders.SumAsync(static order => order.Total));
            context.Add(new Order { Id = 77, Total = 7 });
            Assert.Equal(1, await context.SaveChangesAsync());
            Assert.Equal(1, await context.Orders.Where(static order => order.Id == 77).ExecuteDeleteAsync());
        }
        Assert.Single(models);
    }

    /// <summary>"Root tenant": who looks at all tenants is somebody else, not a tenant with a flag.</summary>
    [Fact]
    public async Task No_tenants_context_becomes_one_of_all_tenants()
    {
        await using var shop = await Shop.MakeAsync(18);
        Assert.Throws<ArgumentException>(() => shop.Tenants.For(Guid.Empty));
        await using var context = Shop.Open(shop.Acme);
        foreach (var attempt in (string[])["", Guid.Empty.ToString()])
        {
            Assert.Equal(0, await context.Database.SqlQuery<long>($"""
                with said as materialized (select set_config('howdah.tenant', {attempt}, true) v)
                select (select count(*) from said where v is null) + (select count(*) from orders) as "Value"
                """).SingleAsync());
        }
        foreach (var sql in (string[])["set row_security = off; select count(*) from orders", "set role postgres; select 1",
            "reset role; alter table orders disable row level security"])
        {
            await Assert.ThrowsAsync<PostgresException>(() => context.Database.ExecuteSqlRawAsync(sql));
        }
        Assert.Equal(3, await context.Orders.IgnoreQueryFilters().CountAsync());
    }

    /// <summary>A slug is unique for its tenant, and looking whether it is free tells nothing of others.</summary>
    [Theory, MemberData(nameof(Majors))]
    public async Task What_is_unique_is_unique_for_each_tenant_and_validated_among_ones_own(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        foreach (var tenant in (Tenant[])[shop.Acme, shop.Bolt])
        {
            await using var context = Shop.Open(tenant);
            Assert.False(await context.Orders.AnyAsync(static order => order.Id == 500));
            context.Add(new Order { Id = 500, Total = 1 });
            Assert.Equal(1, await context.SaveChangesAsync());
            Assert.True(await context.Orders.IgnoreQueryFilters().AnyAsync(static order => order.Id == 500));
        }
        await using var again = Shop.Open(shop.Acme);
        again.Add(new Order { Id = 500, Total = 1 });
        var failed = await Assert.ThrowsAsync<DbUpdateException>(() => again.SaveChangesAsync());
        Assert.Equal(PostgresErrorCodes.UniqueViolation, ((PostgresException)failed.InnerException!).SqlState);
    }

    /// <summary>An ambient transaction would carry one tenant's context into another's statements.</summary>
    [Fact]
    public async Task An_ambient_transaction_is_refused_before_anything_is_sent()
    {
        await using var shop = await Shop.MakeAsync(18);
        await using var context = Shop.Open(shop.Acme);
        Assert.Equal(3, await context.Orders.CountAsync());
        var before = shop.RoundTrips;
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.Orders.CountAsync());
        Assert.Equal(before, shop.RoundTrips);
        Assert.Equal(3, await context.Orders.CountAsync());
    }

    /// <summary>"A source of data for each tenant": a thousand contexts of many tenants share the connections of one.</summary>
    [Fact]
    public async Task Contexts_of_many_tenants_share_the_connections_of_one_source()
    {
        await using var shop = await Shop.MakeAsync(18);
        List<Guid> ids = [shop.Home.Acme, shop.Home.Bolt];
        for (var i = 0; i < 8; i++)
            ids.Add(await shop.Home.CreateAsync($"many{i}"));
        await using var tenants = shop.Home.Open(shop.Home.Options("Application Name=shared-ef", connections: 6));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var context = Shop.Open(tenants.For(ids[i % ids.Count]));
            var orders = await context.Orders.ToListAsync();
            Assert.All(orders, order => Assert.Equal(ids[i % ids.Count], order.TenantId));
        }));
        Assert.InRange(await shop.AskAsync<long>("select count(*) from pg_stat_activity where application_name = 'shared-ef'"), 1, 6);
    }
}
