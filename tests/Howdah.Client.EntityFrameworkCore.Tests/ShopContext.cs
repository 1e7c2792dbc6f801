using Microsoft.EntityFrameworkCore;

namespace Howdah.Client.EntityFrameworkCore.Tests;

public sealed class Order
{
    public Guid TenantId { get; set; }
    public long Id { get; set; }
    public int Total { get; set; }
    public List<Line> Lines { get; } = [];
}

public sealed class Line
{
    public Guid TenantId { get; set; }
    public long Id { get; set; }
    public long OrderId { get; set; }
    public int ArticleId { get; set; }
    public int Quantity { get; set; }
    public Order? Order { get; set; }
    public Article? Article { get; set; }
}

/// <summary>A key without the tenant, and a filter of the application's own.</summary>
public sealed class Note
{
    public long Id { get; set; }
    public Guid Owner { get; set; }
    public string Text { get; set; } = "";
    public bool Hidden { get; set; }
}

/// <summary>What all tenants share.</summary>
public sealed class Article
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
}

public class ShopContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<Line> Lines => Set<Line>();
    public DbSet<Note> Notes => Set<Note>();
    public DbSet<Article> Articles => Set<Article>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders").HasKey(row => new { row.TenantId, row.Id });
            order.Property(row => row.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<Line>(line =>
        {
            line.ToTable("lines").HasKey(row => new { row.TenantId, row.Id });
            line.Property(row => row.Id).UseIdentityByDefaultColumn();
            line.Property(row => row.ArticleId).HasColumnName("article");
            line.HasOne(row => row.Order).WithMany(row => row.Lines).HasForeignKey(row => new { row.TenantId, row.OrderId });
            line.HasOne(row => row.Article).WithMany().HasForeignKey(row => row.ArticleId);
        });
        modelBuilder.Entity<Note>(note =>
        {
            note.ToTable("notes");
            note.Property(row => row.Owner).HasColumnName("tenant_id");
            if (Filters)
                note.HasQueryFilter(row => !row.Hidden);
        });
        modelBuilder.Entity<Article>().ToTable("articles");
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(static type => type.GetProperties()))
        {
            if (property.Name is "Id" or "Total" or "Quantity" or "Text" or "Hidden" or "Name")
                property.SetColumnName(property.Name.ToLowerInvariant());
            else if (property.Name is "TenantId" or "OrderId")
                property.SetColumnName(property.Name == "TenantId" ? "tenant_id" : "order_id");
        }
    }

    protected virtual bool Filters => true;
}

/// <summary>Compiled models cannot hold filters of the application's.</summary>
public sealed class PlainShopContext(DbContextOptions<PlainShopContext> options) : ShopContext(options)
{
    protected override bool Filters => false;
}
