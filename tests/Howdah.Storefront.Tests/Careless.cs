using System.Security.Cryptography;
using System.Text;
using Howdah.Client;
using Howdah.Client.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Howdah.Storefront.Tests;

/// <summary>
/// More of a shop, each thing twice: as it should be, and under <c>/careless</c> as it is done where somebody forgets. There every attack
/// must win, or the test that it fails elsewhere would say nothing.
/// </summary>
static class Careless
{
    internal static void Add(IServiceCollection services)
    {
        services.AddMemoryCache();
        services.AddOutputCache();
    }

    internal static void Map(WebApplication app)
    {
        app.UseOutputCache();
        var careless = app.MapGroup("/careless").RequireTenant().RequireAuthorization();
        var shop = app.MapGroup("/more").RequireTenant().RequireAuthorization();
        Caches(shop, careless);
        Versions(shop, careless);
        Named(careless);
        Batches(shop);
        // Long enough to be canceled in the middle, in one transaction.
        shop.MapGet("/slow", static (StoreContext store, CancellationToken token) =>
            store.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await store.Database.BeginTransactionAsync(token);
                var before = await NamesAsync(store, token);
                await store.Database.ExecuteSqlAsync($"select pg_sleep(0.02)", token);
                return before == await NamesAsync(store, token) ? before : "changed in the middle";
            }));
        Leaking(careless, app.Configuration["ConnectionStrings:Store"]!);
    }

    static async Task<string> NamesAsync(StoreContext store, CancellationToken token) =>
        string.Join(',', await store.Customers.AsNoTracking().Select(static row => row.CustomerName).ToListAsync(token));

    static void Caches(RouteGroupBuilder shop, RouteGroupBuilder careless)
    {
        shop.MapGet("/cached", NamesAsync).CacheOutput(static policy => policy.AddPolicy<Everybody>().VaryByTenant(), true);
        careless.MapGet("/cached", NamesAsync).CacheOutput(static policy => policy.AddPolicy<Everybody>(), true);
        shop.MapGet("/memory", static (IMemoryCache cache, Tenant tenant, StoreContext store) =>
            cache.GetOrCreateAsync((tenant.Id, "names"), _ => NamesAsync(store, default)));
        careless.MapGet("/memory", static (IMemoryCache cache, StoreContext store) =>
            cache.GetOrCreateAsync("names", _ => NamesAsync(store, default)));
    }

    // What is in the row makes the tag; or its key alone, which all tenants' rows share.
    static void Versions(RouteGroupBuilder shop, RouteGroupBuilder careless)
    {
        foreach (var (group, tag) in (ReadOnlySpan<(RouteGroupBuilder, Func<Customer, string>)>)[
            (shop, static row => $"\"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(row.CustomerId + row.CustomerName)))}\""),
            (careless, static row => $"\"{row.CustomerId}\"")])
        {
            group.MapGet("/customers/{id}", async (StoreContext store, HttpRequest request, HttpResponse response, string id) =>
            {
                var row = await store.Customers.AsNoTracking().SingleAsync(row => row.CustomerId == id);
                response.Headers.ETag = tag(row);
                return request.Headers.IfNoneMatch == tag(row) ? Results.StatusCode(304) : Results.Ok(row.CustomerName);
            });
            group.MapPut("/customers/{id}", async (StoreContext store, HttpRequest request, string id, string segment) =>
            {
                var row = await store.Customers.SingleAsync(row => row.CustomerId == id);
                if (request.Headers.IfMatch != tag(row))
                    return Results.StatusCode(412);
                row.Segment = segment;
                await store.SaveChangesAsync();
                return Results.NoContent();
            });
        }
        // Where a page ended: a key of one's own rows; or whose rows they are, too.
        shop.MapGet("/page", static async (StoreContext store, string after) => string.Join(',', await store.Customers
            .FromSql($"select * from customers where customer_id > {after[37..]}").AsNoTracking().OrderBy(static row => row.CustomerId)
            .Select(static row => row.CustomerName).ToListAsync()));
        careless.MapGet("/page", static (TenantDataSource tenants, string after) => OfAsync(tenants, Guid.Parse(after[..36])));
    }

    // The tenant from wherever somebody says it.
    static void Named(RouteGroupBuilder careless)
    {
        careless.MapGet("/of/{tenant}", static (TenantDataSource tenants, Guid tenant) => OfAsync(tenants, tenant));
        careless.MapGet("/of", static (TenantDataSource tenants, HttpRequest request) => OfAsync(tenants, Guid.Parse(
            request.Query["$filter"].ToString().Split('\'') is [_, var id, _] ? id : request.Headers["X-Tenant-Id"].ToString())));
        careless.MapPost("/of", static (TenantDataSource tenants, Product given) => OfAsync(tenants, given.TenantId));
    }

    static async Task<string> OfAsync(TenantDataSource tenants, Guid tenant)
    {
        await using var command = tenants.For(tenant).CreateCommand("select string_agg(customer_name, ',') from customers");
        return $"{await command.ExecuteScalarAsync()}";
    }

    // Many rows at once, with every filter of the model taken off.
    static void Batches(RouteGroupBuilder shop)
    {
        shop.MapPost("/batch", static async (StoreContext store, Product[] given) =>
        {
            store.AddRange(given.AsEnumerable());
            return await store.SaveChangesAsync();
        });
        shop.MapPost("/batch/segment", static (StoreContext store, string segment) =>
            store.Customers.IgnoreQueryFilters().ExecuteUpdateAsync(set => set.SetProperty(static row => row.Segment, segment)));
        shop.MapPost("/batch/move", static (StoreContext store, Guid to) =>
            store.Customers.IgnoreQueryFilters().ExecuteUpdateAsync(set => set.SetProperty(static row => row.TenantId, to)));
        shop.MapPost("/batch/delete", static (StoreContext store, Guid of) =>
            store.Products.IgnoreQueryFilters().Where(row => row.TenantId == of).ExecuteDeleteAsync());
    }

    // The context for the session instead of the transaction, on a connection that others get next.
    static void Leaking(RouteGroupBuilder careless, string home)
    {
        var source = NpgsqlDataSource.Create(home + ";Maximum Pool Size=1;No Reset On Close=true");
        careless.MapGet("/session", async (Tenant tenant, bool told) =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = (told ? $"select set_config('howdah.tenant', '{tenant.Id}', false); " : "")
                + "select string_agg(customer_name, ',') from store.customers";
            await using var reader = await command.ExecuteReaderAsync();
            if (told)
                await reader.NextResultAsync();
            return await reader.ReadAsync() ? reader.GetValue(0).ToString() : "";
        });
    }

    /// <summary>Caches for those who are signed in, too, which the framework does not do by itself.</summary>
    sealed class Everybody : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage) = (true, true, true);
            return default;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => default;
    }
}
