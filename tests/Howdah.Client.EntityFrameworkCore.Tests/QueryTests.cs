using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>What queries see, by whatever way they are asked.</summary>
public sealed class QueryTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task The_first_tenant_is_not_kept_for_those_that_come_after(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        foreach (var tenant in (Tenant[])[shop.Acme, shop.Bolt, shop.Acme])
        {
            await using var context = Shop.Open(tenant);
            Assert.All(await context.Orders.ToListAsync(), order => Assert.Equal(tenant.Id, order.TenantId));
            Assert.Equal(3, await context.Orders.CountAsync());
            Assert.Equal(60, context.Orders.Sum(static order => order.Total));
        }
        await using var first = Shop.Open(shop.Acme);
        await using var second = Shop.Open(shop.Bolt);
        Assert.Same(first.Model, second.Model);
    }

    static readonly Func<ShopContext, long, Task<int>> Total = EF.CompileAsyncQuery((ShopContext context, long id) =>
        context.Orders.Where(order => order.Id == id).Select(order => order.Total).Single());

    [Theory, MemberData(nameof(Majors))]
    public async Task A_compiled_query_serves_all_tenants(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await shop.Home.RunAsync($"update shop.orders set total = 99 where tenant_id = '{shop.Bolt.Id}' and id = 2");
        await using var acme = Shop.Open(shop.Acme);
        await using var bolt = Shop.Open(shop.Bolt);
        Assert.Equal((20, 99, 20), (await Total(acme, 2), await Total(bolt, 2), await Total(acme, 2)));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task The_predicate_is_sent_and_the_plan_has_it(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        var sql = context.Orders.Where(static order => order.Total > 10).ToQueryString();
        Assert.Contains("o.tenant_id = @", sql, StringComparison.Ordinal);
        Assert.Contains(shop.Acme.Id.ToString(), sql, StringComparison.Ordinal);
        // Shared tables have none.
        Assert.DoesNotContain("tenant", context.Articles.ToQueryString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Include_and_navigation_reach_ones_own_and_what_all_share(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        var orders = await context.Orders.Include(static order => order.Lines).ThenInclude(static line => line.Article)
            .OrderBy(static order => order.Id).ToListAsync();
        Assert.Equal(3, orders.Count);
        Assert.All(orders, order =>
        {
            var line = Assert.Single(order.Lines);
            Assert.Equal((order.TenantId, order.Id * 5), (line.TenantId, line.Quantity));
            Assert.NotNull(line.Article);
        });
        var split = await context.Orders.AsNoTracking().AsSplitQuery().Include(static order => order.Lines).ToListAsync();
        Assert.Equal(3, split.Sum(static order => order.Lines.Count));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Without_filters_and_in_raw_SQL_the_database_holds(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        Assert.Equal(3, await context.Orders.IgnoreQueryFilters().CountAsync());
        Assert.Equal(3, await context.Orders.FromSql($"select * from shop.orders").CountAsync());
        Assert.Equal(3, await context.Orders.FromSql($"select * from shop.orders").IgnoreQueryFilters().CountAsync());
        Assert.Equal(0, await context.Orders.IgnoreQueryFilters().CountAsync(order => order.TenantId == shop.Bolt.Id));
        var all = await context.Database.SqlQuery<int>($"""select count(*)::int as "Value" from shop.orders""").SingleAsync();
        Assert.Equal(3, all);
        Assert.Equal(3, await context.Database.ExecuteSqlAsync($"update shop.orders set total = total + 1"));
        Assert.Equal(0, await context.Database.ExecuteSqlAsync($"delete from shop.lines where tenant_id = {shop.Bolt.Id}"));
        // Plain ADO.NET on the context's own connection.
        await context.Database.OpenConnectionAsync();
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "select count(*) from orders";
        Assert.Equal(3L, await command.ExecuteScalarAsync());
        Assert.Equal(60, await shop.AskAsync<long>($"select sum(total) from shop.orders where tenant_id = '{shop.Bolt.Id}'"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Find_finds_no_other_tenants_row(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        var foreign = await shop.AskAsync<long>($"select min(id) from shop.notes where tenant_id = '{shop.Bolt.Id}'");
        await using var context = Shop.Open(shop.Acme);
        Assert.Null(await context.Notes.FindAsync(foreign));
        Assert.Null(await context.Orders.FindAsync(shop.Bolt.Id, 1L));
        Assert.NotNull(await context.Orders.FindAsync(shop.Acme.Id, 1L));
        // The identity map is the context's, and a context is one tenant's.
        await using var other = Shop.Open(shop.Bolt);
        Assert.NotNull(await other.Notes.FindAsync(foreign));
        Assert.Null(context.Notes.Local.FirstOrDefault(note => note.Id == foreign));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_filter_of_the_applications_own_stays(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Bolt);
        Assert.Equal("note of bolt", Assert.Single(await context.Notes.ToListAsync()).Text);
        Assert.Equal(2, await context.Notes.IgnoreQueryFilters().CountAsync());
        // By name, the tenant's predicate goes and the database's stays.
        Assert.Equal(3, await context.Orders.IgnoreQueryFilters([TenantFilter.Name]).CountAsync());
    }
}
