using System.Data;
using Howdah.Client.EntityFrameworkCore.Binding;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>How a context comes to its tenant, keeps it, and gives it up.</summary>
public sealed class BindingTests
{
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task A_context_without_a_tenant_throws_before_anything_is_sent(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        var before = shop.RoundTrips;
        await using var context = new ShopContext(Shop.Options);
        Assert.Contains("no tenant", (await Assert.ThrowsAsync<InvalidOperationException>(() => context.Orders.ToListAsync())).Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Articles.ToListAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Database.ExecuteSqlAsync($"select 1"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Database.BeginTransactionAsync());
        Assert.Throws<InvalidOperationException>(() => context.Add(new Order { Id = 1 }));
        Assert.Throws<InvalidOperationException>(() => context.Database.GetDbConnection());
        Assert.Equal(before, shop.RoundTrips);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_context_changes_neither_tenant_nor_connection(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        context.UseTenant(shop.Acme);
        Assert.Throws<InvalidOperationException>(() => context.UseTenant(shop.Bolt));
        await using var plain = new NpgsqlConnection(shop.Home.ConnectionString());
        Assert.Throws<NotSupportedException>(() => context.Database.SetDbConnection(plain));
        Assert.Throws<NotSupportedException>(() => context.Database.SetDbConnection(shop.Bolt.CreateConnection()));
        Assert.Throws<NotSupportedException>(() => context.Database.SetConnectionString("Host=elsewhere"));
        await Assert.ThrowsAsync<NotSupportedException>(() => context.Database.EnsureDeletedAsync());
        await Assert.ThrowsAsync<NotSupportedException>(() => context.Database.EnsureCreatedAsync());
        var own = shop.Acme.CreateConnection();
        context.Database.SetDbConnection(own, contextOwnsConnection: true);
        Assert.Equal(3, await context.Orders.CountAsync());
        Assert.True(await context.Database.CanConnectAsync());
        await using var past = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(plain).UseHowdah().Options);
        await Assert.ThrowsAsync<InvalidOperationException>(() => past.UseTenant(shop.Acme).Orders.CountAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Contexts_from_a_pool_forget_their_tenant_connection_and_entities(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var services = new ServiceCollection().AddPooledDbContextFactory<ShopContext>(static options => options.UseHowdah(),
            poolSize: 1).BuildServiceProvider();
        var factory = services.GetRequiredService<IDbContextFactory<ShopContext>>();
        ShopContext first;
        await using (first = factory.CreateDbContext(shop.Acme))
        {
            Assert.Equal(3, (await first.Orders.ToListAsync()).Count);
            // Left open: the pool closes it.
            await first.Database.OpenConnectionAsync();
            await first.Database.BeginTransactionAsync();
        }
        Assert.Equal(0, shop.Tenants.Gate.InUse);
        await using (var second = await factory.CreateDbContextAsync())
        {
            Assert.Same(first, second);
            await Assert.ThrowsAsync<InvalidOperationException>(() => second.Orders.ToListAsync());
            Assert.Empty(second.ChangeTracker.Entries());
        }
        await using (var third = factory.CreateDbContext(shop.Bolt))
        {
            Assert.Same(first, third);
            Assert.All(await third.Orders.ToListAsync(), order => Assert.Equal(shop.Bolt.Id, order.TenantId));
            Assert.Equal(shop.Bolt.Id, ((TenantConnection)third.Database.GetDbConnection()).Tenant.Id);
        }
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Each_scopes_context_is_its_tenants(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var services = new ServiceCollection().AddTenantDbContext<ShopContext>(poolSize: 2)
            .BuildServiceProvider(validateScopes: true);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (number, _) =>
        {
            var tenant = number % 2 == 0 ? shop.Acme : shop.Bolt;
            await using var scope = services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<ShopContext>();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenant);
            Assert.All(await context.Orders.ToListAsync(CancellationToken.None), order => Assert.Equal(tenant.Id, order.TenantId));
        });
        await using var none = services.CreateAsyncScope();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => none.ServiceProvider.GetRequiredService<ShopContext>().Orders.CountAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Contexts_that_are_not_pooled_ask_their_scope(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var services = new ServiceCollection().AddDbContext<ShopContext>(static options => options.UseHowdah())
            .AddScoped<ITenantAccessor, TenantScope>().BuildServiceProvider(validateScopes: true);
        foreach (var tenant in (Tenant[])[shop.Acme, shop.Bolt])
        {
            await using var scope = services.CreateAsyncScope();
            var entered = (TenantScope)scope.ServiceProvider.GetRequiredService<ITenantAccessor>();
            entered.Enter(tenant);
            Assert.Equal(tenant.Id, (await scope.ServiceProvider.GetRequiredService<ShopContext>().Orders.FirstAsync()).TenantId);
            Assert.Throws<InvalidOperationException>(() => entered.Enter(tenant.Id == shop.Acme.Id ? shop.Bolt : shop.Acme));
        }
    }

    [Fact]
    public async Task A_disposed_connection_has_come_back()
    {
        await using var shop = await Shop.MakeAsync(18);
        await using (var connection = await shop.Acme.OpenConnectionAsync())
            Assert.Equal(ConnectionState.Open, connection.State);
        using (var connection = shop.Acme.CreateConnection())
            await connection.OpenAsync();
        Assert.Equal(0, shop.Tenants.Gate.InUse);
    }

    [Fact]
    public async Task A_pool_that_is_the_applications_own_can_do_without_scopes()
    {
        await using var shop = await Shop.MakeAsync(18);
        await using var services = new ServiceCollection().AddDbContextPool<ShopContext>(static options => options.UseHowdah())
            .BuildServiceProvider(validateScopes: true);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Orders.CountAsync());
        Assert.Equal(shop.Bolt.Id, (await context.UseTenant(shop.Bolt).Orders.FirstAsync()).TenantId);
        Assert.IsType<ContextTenant>(TenantDbContextExtensions.Of(context));
    }
}
