using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>What goes over the wire: no round trip more than EF Core alone would make.</summary>
public sealed class RoundTripTests
{
    [Theory, InlineData(15), InlineData(18)]
    public async Task The_context_costs_no_round_trip(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        async Task<int> Count(Func<Task> work)
        {
            var before = shop.RoundTrips;
            await work();
            return shop.RoundTrips - before;
        }
        // Once to connect, and to build the queries' plans of EF Core.
        await context.Orders.ToListAsync();
        Assert.Equal(1, await Count(() => context.Orders.ToListAsync()));
        Assert.Equal(1, await Count(() => context.Orders.AsNoTracking().Where(static order => order.Id == 1).ToListAsync()));
        Assert.Equal(1, await Count(() => context.Orders.ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Total, 1))));
        Assert.Equal(1, await Count(() => context.Database.ExecuteSqlAsync($"update orders set total = {2}")));
        context.Add(new Order { Id = 30 });
        Assert.Equal(1, await Count(() => context.SaveChangesAsync()));
        // A batch of fifty: BEGIN, the context and all fifty in one, COMMIT in another.
        for (var i = 0; i < 50; i++)
            context.Add(new Line { OrderId = 30, ArticleId = 1, Quantity = i });
        Assert.Equal(2, await Count(() => context.SaveChangesAsync()));
        Assert.Equal(2, await Count(async () =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            await context.Orders.AsNoTracking().ToListAsync();
            await transaction.CommitAsync();
        }));
    }
}
