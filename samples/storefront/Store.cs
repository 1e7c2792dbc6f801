using Microsoft.EntityFrameworkCore;

namespace Howdah.Storefront;

public sealed class Customer
{
    public Guid TenantId { get; set; }
    public required string CustomerId { get; set; }
    public required string CustomerName { get; set; }
    public required string Segment { get; set; }
}

public sealed class Product
{
    public Guid TenantId { get; set; }
    public required string ProductId { get; set; }
    public required string ProductName { get; set; }
    public required string Category { get; set; }
    public required string SubCategory { get; set; }
}

public sealed class Order
{
    public Guid TenantId { get; set; }
    public required string OrderId { get; set; }
    public required string CustomerId { get; set; }
    public DateOnly OrderDate { get; set; }
    public DateOnly ShipDate { get; set; }
    public required string ShipMode { get; set; }
    public required string Country { get; set; }
    public required string Region { get; set; }
    public required string State { get; set; }
    public required string City { get; set; }
    public required string PostalCode { get; set; }
    public Customer? Customer { get; set; }
    public List<OrderLine> Lines { get; } = [];
}

public sealed class OrderLine
{
    public Guid TenantId { get; set; }
    public int RowId { get; set; }
    public required string OrderId { get; set; }
    public required string ProductId { get; set; }
    public required string ProductName { get; set; }
    public decimal Sales { get; set; }
    public int Quantity { get; set; }
    public decimal Discount { get; set; }
    public decimal Profit { get; set; }
}

/// <summary>The estate's tables, without schema: the same names lead to them in each of the three models.</summary>
public sealed class StoreContext(DbContextOptions<StoreContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();
    public DbSet<Product> Products => Set<Product>();
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<OrderLine> Lines => Set<OrderLine>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Customer>().ToTable("customers").HasKey(static row => new { row.TenantId, row.CustomerId });
        modelBuilder.Entity<Product>().ToTable("products").HasKey(static row => new { row.TenantId, row.ProductId, row.ProductName });
        modelBuilder.Entity<Order>(static order =>
        {
            order.ToTable("orders").HasKey(static row => new { row.TenantId, row.OrderId });
            order.HasOne(static row => row.Customer).WithMany().HasForeignKey(static row => new { row.TenantId, row.CustomerId });
            order.HasMany(static row => row.Lines).WithOne().HasForeignKey(static row => new { row.TenantId, row.OrderId });
        });
        modelBuilder.Entity<OrderLine>(static line =>
        {
            line.ToTable("order_lines").HasKey(static row => new { row.TenantId, row.RowId });
            line.Property(static row => row.RowId).ValueGeneratedNever();
        });
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(static type => type.GetProperties()))
            property.SetColumnName(string.Concat(property.Name.Select(static (letter, at) =>
                char.IsUpper(letter) ? (at == 0 ? "" : "_") + char.ToLowerInvariant(letter) : letter.ToString())));
    }
}
