using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>What is written, and what is refused before or by the database.</summary>
public sealed class SavingTests
{
    const string Notes = "select count(*) from shop.notes";
    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task An_added_entity_gets_the_contexts_tenant(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using (var context = Shop.Open(shop.Acme))
        {
            var order = new Order { Id = 10, Total = 5, Lines = { new() { ArticleId = 1 }, new() { ArticleId = 2, Quantity = 2 } } };
            context.Add(order);
            context.Add(new Note { Text = "mine" });
            Assert.Equal(4, await context.SaveChangesAsync());
            Assert.All(order.Lines, line => Assert.True(line.Id > 0 && line.TenantId == shop.Acme.Id));
        }
        Assert.Equal(2, await shop.AskAsync<long>($"select count(*) from shop.lines where tenant_id = '{shop.Acme.Id}' and order_id = 10"));
        Assert.Equal(shop.Acme.Id, await shop.AskAsync<Guid>("select tenant_id from shop.notes where text = 'mine'"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_tenant_assigned_by_hand_is_refused_before_anything_is_sent(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using (var context = Shop.Open(shop.Acme))
        {
            await context.Orders.CountAsync();
            var before = shop.RoundTrips;
            context.Add(new Note { Owner = shop.Bolt.Id, Text = "planted" });
            var refused = await Assert.ThrowsAsync<ForeignTenantException>(() => context.SaveChangesAsync());
            Assert.Equal(nameof(Note), refused.Entity);
            Assert.DoesNotContain(shop.Bolt.Id.ToString(), refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, shop.RoundTrips);
        }
        await using (var context = Shop.Open(shop.Acme))
        {
            // Given away.
            (await context.Notes.FirstAsync()).Owner = shop.Bolt.Id;
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync());
        }
        await using (var context = Shop.Open(shop.Acme))
        {
            // Taken over, by keys from outside.
            var foreign = await shop.AskAsync<long>($"select min(id) from shop.notes where tenant_id = '{shop.Bolt.Id}'");
            context.Update(new Note { Id = foreign, Owner = shop.Bolt.Id, Text = "taken" });
            await Assert.ThrowsAsync<ForeignTenantException>(() => context.SaveChangesAsync());
            context.ChangeTracker.Clear();
            context.Entry(new Note { Id = foreign, Text = "taken", Owner = shop.Bolt.Id }).State = EntityState.Deleted;
            await Assert.ThrowsAsync<ForeignTenantException>(() => context.SaveChangesAsync());
        }
        Assert.Equal(0, await shop.AskAsync<long>("select count(*) from shop.notes where text in ('planted', 'taken')"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Updates_and_deletes_by_key_carry_the_tenant_and_reach_nobody_elses_row(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        var foreign = await shop.AskAsync<long>($"select min(id) from shop.notes where tenant_id = '{shop.Bolt.Id}'");
        foreach (var state in (EntityState[])[EntityState.Modified, EntityState.Deleted])
        {
            await using var context = Shop.Open(shop.Acme);
            // A guess of another tenant's key, passed off as one's own.
            context.Entry(new Note { Id = foreign, Owner = shop.Acme.Id, Text = "taken" }).State = state;
            await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync());
        }
        await using (var context = Shop.Open(shop.Acme))
        {
            (await context.Notes.FirstAsync()).Text = "changed";
            Assert.Equal(1, context.SaveChanges());
            context.Remove(await context.Lines.FirstAsync());
            Assert.Equal(1, await context.SaveChangesAsync());
        }
        Assert.Equal(2, await shop.AskAsync<long>($"{Notes} where tenant_id = '{shop.Bolt.Id}' and text <> 'taken'"));
        Assert.Equal(1, await shop.AskAsync<long>($"{Notes} where tenant_id = '{shop.Acme.Id}' and text = 'changed'"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task ExecuteUpdate_and_ExecuteDelete_change_ones_own_only(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        Assert.Equal(3, await context.Orders.ExecuteUpdateAsync(static set => set.SetProperty(static order => order.Total, 7)));
        Assert.Equal(3, await context.Lines.IgnoreQueryFilters().ExecuteDeleteAsync());
        Assert.Equal(3, await context.Orders.IgnoreQueryFilters().ExecuteUpdateAsync(
            static set => set.SetProperty(static order => order.Total, 8)));
        // Giving rows away.
        var refused = await Assert.ThrowsAsync<PostgresException>(() => context.Orders.ExecuteUpdateAsync(
            set => set.SetProperty(static order => order.TenantId, shop.Bolt.Id)));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Equal((3, 60), (await shop.AskAsync<long>($"select count(*) from shop.lines where tenant_id = '{shop.Bolt.Id}'"),
            await shop.AskAsync<long>($"select sum(total) from shop.orders where tenant_id = '{shop.Bolt.Id}'")));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Rows_are_counted_right_behind_the_context_and_without_it(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        var orders = await context.Orders.OrderBy(static order => order.Id).ToListAsync();
        // The second of three is gone meanwhile: that one, and not its neighbor, is the conflict. In one batch, updates and inserts mixed.
        await shop.Home.RunAsync($"""
            delete from shop.lines where order_id = 2;
            delete from shop.orders where id = 2 and tenant_id = '{shop.Acme.Id}'
            """);
        foreach (var order in orders)
            order.Total++;
        var conflict = await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync());
        Assert.Same(orders[1], Assert.Single(conflict.Entries).Entity);
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            await context.Articles.CountAsync();
            conflict = await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync());
            Assert.Same(orders[1], Assert.Single(conflict.Entries).Entity);
            await transaction.RollbackAsync();
        }
        context.Entry(orders[1]).State = EntityState.Detached;
        context.Add(new Line { OrderId = 1, ArticleId = 1, Quantity = 3 });
        Assert.Equal(3, await context.SaveChangesAsync());
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task A_transaction_is_one_tenants_from_begin_to_commit(int major)
    {
        await using var shop = await Shop.MakeAsync(major);
        await using var context = Shop.Open(shop.Acme);
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            Assert.Throws<InvalidOperationException>(() => context.UseTenant(shop.Bolt));
            context.Add(new Order { Id = 20 });
            await context.SaveChangesAsync();
            await transaction.CreateSavepointAsync("here");
            await context.Orders.Where(static order => order.Id == 20).ExecuteDeleteAsync();
            await transaction.RollbackToSavepointAsync("here");
            await transaction.CommitAsync();
        }
        Assert.Equal(shop.Acme.Id, await shop.AskAsync<Guid>("select tenant_id from shop.orders where id = 20"));
        Assert.Equal(0, shop.Tenants.Gate.InUse);
    }
}
