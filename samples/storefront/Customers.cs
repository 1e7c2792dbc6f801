using Microsoft.EntityFrameworkCore;

namespace Howdah.Storefront;

/// <summary>Customers and products of the franchise.</summary>
static class Customers
{
    internal static void Map(RouteGroupBuilder shop)
    {
        shop.MapGet("/customers", static async (StoreContext store, string? segment, string? sort, int? skip, CancellationToken token) =>
        {
            IQueryable<Customer> customers = store.Customers.AsNoTracking();
            if (segment is not null)
                customers = customers.Where(customer => customer.Segment == segment);
            // What may be sorted by is a list, not a text for the database.
            IQueryable<Customer>? sorted = sort switch
            {
                null or "id" => customers.OrderBy(static customer => customer.CustomerId),
                "name" => customers.OrderBy(static customer => customer.CustomerName),
                _ => null,
            };
            return sorted is null ? Results.Problem("sort by id or name", statusCode: 400)
                : Results.Ok(await sorted.Skip(skip ?? 0).Take(100).Select(static row => new CustomerView(row.CustomerId,
                    row.CustomerName, row.Segment)).ToListAsync(token));
        });
        shop.MapGet("/customers/{id}", static async (StoreContext store, string id, CancellationToken token) =>
            await store.Customers.AsNoTracking().SingleOrDefaultAsync(row => row.CustomerId == id, token) is { } found
                ? Results.Ok(new CustomerView(found.CustomerId, found.CustomerName, found.Segment)) : Results.NotFound());
        shop.MapPost("/customers", static async (StoreContext store, CustomerView given, CancellationToken token) =>
        {
            store.Add(new Customer { CustomerId = given.Id, CustomerName = given.Name, Segment = given.Segment });
            await store.SaveChangesAsync(token);
            return Results.Created($"/shop/customers/{Uri.EscapeDataString(given.Id)}", given);
        });
        shop.MapPut("/customers/{id}", static async (StoreContext store, string id, CustomerView given, CancellationToken token) =>
            await store.Customers.Where(row => row.CustomerId == id).ExecuteUpdateAsync(set => set
                .SetProperty(static row => row.CustomerName, given.Name).SetProperty(static row => row.Segment, given.Segment), token) == 1
                    ? Results.NoContent() : Results.NotFound());
        shop.MapDelete("/customers/{id}", static async (StoreContext store, string id, CancellationToken token) =>
            await store.Customers.Where(row => row.CustomerId == id).ExecuteDeleteAsync(token) == 1
                ? Results.NoContent() : Results.NotFound());
        // The entity itself is what is posted, tenant and all, as careless code does it: then the context refuses.
        shop.MapPost("/products", static async (StoreContext store, Product given, CancellationToken token) =>
        {
            store.Add(given);
            await store.SaveChangesAsync(token);
            return Results.NoContent();
        });
        shop.MapPut("/products", static async (StoreContext store, Product given, CancellationToken token) =>
        {
            store.Update(given);
            await store.SaveChangesAsync(token);
            return Results.NoContent();
        });
    }
}

sealed record CustomerView(string Id, string Name, string Segment);
