using Howdah.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>Tenants that move while contexts use them, and poolers between.</summary>
public sealed class MovingTests
{
    static readonly DbContextOptions<ShopContext> Retrying = new DbContextOptionsBuilder<ShopContext>()
        .UseNpgsql(static npgsql => npgsql.ExecutionStrategy(static parts => new TenantExecutionStrategy(parts))).UseHowdah().Options;

    [Theory, InlineData(15), InlineData(18)]
    public async Task The_next_transaction_goes_to_the_new_home(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        await using var other = Shop.Open(shop.Bolt);
        Assert.Equal((3, 3), (await context.Orders.CountAsync(), await other.Orders.CountAsync()));
        await shop.Home.RunAsync("alter table shop.lines drop constraint lines_tenant_id_order_id_fkey");
        var place = await shop.Home.MoveToSchemaAsync(shop.Home.Acme);
        Assert.Equal(3, await context.Orders.CountAsync());
        context.Add(new Order { Id = 50, Total = 1 });
        Assert.Equal(1, await context.SaveChangesAsync());
        Assert.Equal(2, await context.Orders.Where(static order => order.Id < 3).ExecuteDeleteAsync());
        Assert.Equal(2, await shop.AskAsync<long>($"select count(*) from {place}.orders"));
        Assert.Equal(3, await other.Orders.CountAsync());
    }

    [Theory, InlineData(15), InlineData(18)]
    public async Task A_transaction_that_the_move_cut_off_is_run_again_where_that_is_asked_for(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await shop.Home.RunAsync("alter table shop.lines drop constraint lines_tenant_id_order_id_fkey");
        await using (var plain = Shop.Open(shop.Bolt))
        {
            await using var transaction = await plain.Database.BeginTransactionAsync();
            Assert.Equal(3, await plain.Orders.CountAsync());
            await shop.Home.MoveToSchemaAsync(shop.Home.Bolt);
            await Assert.ThrowsAsync<TenantMovedException>(() => plain.Orders.CountAsync());
        }
        await using var context = new ShopContext(Retrying).UseTenant(shop.Acme);
        var (tries, place) = (0, "");
        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            await context.Orders.Where(static order => order.Id == 1)
                .ExecuteUpdateAsync(static set => set.SetProperty(static order => order.Total, static order => order.Total + 1));
            if (tries++ == 0)
                place = await MoveInTheMiddleAsync(shop);
            await context.Orders.Where(static order => order.Id == 2)
                .ExecuteUpdateAsync(static set => set.SetProperty(static order => order.Total, static order => order.Total + 1));
            await transaction.CommitAsync();
        });
        Assert.Equal(2, tries);
        Assert.Equal(62, await shop.AskAsync<long>($"select sum(total) from {place}.orders"));
    }

    // What a mover does is wait for writers; this one fences at once, so that what was written here is lost with its transaction.
    static async Task<string> MoveInTheMiddleAsync(Shop shop)
    {
        await shop.Home.StateAsync(shop.Home.Acme, "fenced");
        await shop.Home.RunAsync("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'");
        return await shop.Home.MoveToSchemaAsync(shop.Home.Acme);
    }

    [Theory, InlineData(15), InlineData(18)]
    public async Task Through_a_pooler_in_transaction_mode_nothing_of_a_tenant_stays_behind(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var pooler = await TestPooler.StartAsync(shop.Home.Server, new Dictionary<string, string> { [shop.Home.Role] = "app" },
            "pool_mode = transaction", "default_pool_size = 2", "max_client_conn = 100", "ignore_startup_parameters = extra_float_digits");
        await using var tenants = new TenantDataSource(new()
        {
            ConnectionString = pooler.ConnectionString(shop.Home.Database, shop.Home.Role, "app") + ";Pooling=true;No Reset On Close=true",
            Pooler = PoolerMode.Transaction,
        });
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            var id = number % 2 == 0 ? shop.Home.Acme : shop.Home.Bolt;
            await using var context = Shop.Open(tenants.For(id));
            var orders = await context.Orders.IgnoreQueryFilters().ToListAsync(CancellationToken.None);
            Assert.All(orders, order => Assert.Equal(id, order.TenantId));
            context.Add(new Order { Id = 1000 + number });
            context.Add(new Line { OrderId = 1, ArticleId = 1 });
            Assert.Equal(2, await context.SaveChangesAsync(CancellationToken.None));
        });
        // Whoever comes next without a tenant finds none.
        await using var nobody = new Npgsql.NpgsqlConnection(pooler.ConnectionString(shop.Home.Database, shop.Home.Role, "app"));
        await nobody.OpenAsync();
        await using var count = new Npgsql.NpgsqlCommand("select count(*) from shop.orders", nobody);
        Assert.Equal(0L, await count.ExecuteScalarAsync());
        Assert.Equal(66, await shop.AskAsync<long>("select count(*) from shop.orders"));
    }

    [Fact]
    public async Task A_suspended_tenant_is_not_tried_again()
    {
        await using var shop = await Shop.MakeAsync(18);
        await using var context = new ShopContext(Retrying).UseTenant(shop.Acme);
        await context.Orders.CountAsync();
        await shop.Home.StateAsync(shop.Home.Acme, "suspended");
        await Assert.ThrowsAsync<TenantSuspendedException>(() => context.Orders.CountAsync());
        Assert.IsNotType<RetryLimitExceededException>(await Record.ExceptionAsync(() => context.Orders.CountAsync()));
    }
}
