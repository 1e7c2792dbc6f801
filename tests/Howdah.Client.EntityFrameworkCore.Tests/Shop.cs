using Howdah.Client.Tests;
using Howdah.Testing;
using Microsoft.EntityFrameworkCore;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>A home with the tables of <see cref="ShopContext"/>, and a wire that counts what goes over it.</summary>
sealed class Shop : IAsyncDisposable
{
    readonly CuttingProxy wire;

    Shop(Home home, CuttingProxy wire, TenantDataSource tenants)
    {
        Home = home;
        this.wire = wire;
        Tenants = tenants;
    }

    internal Home Home { get; }
    internal TenantDataSource Tenants { get; }
    internal Tenant Acme => Tenants.For(Home.Acme);
    internal Tenant Bolt => Tenants.For(Home.Bolt);

    internal int RoundTrips => wire.Turns;

    internal static async Task<Shop> MakeAsync(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var text = typeof(Shop).Assembly.GetManifestResourceStream("Shop.sql")!;
        await home.RunAsync((await new StreamReader(text).ReadToEndAsync()).Replace("$ROLE$", home.Role, StringComparison.Ordinal));
        var wire = new CuttingProxy(home.Server.Port);
        return new(home, wire, home.Open(home.Options($"Port={wire.Port}")));
    }

    internal static DbContextOptions<ShopContext> Options { get; } = new DbContextOptionsBuilder<ShopContext>().UseHowdah().Options;

    internal static ShopContext Open(Tenant tenant) => new ShopContext(Options).UseTenant(tenant);

    internal Task<T?> AskAsync<T>(string sql) => Home.AskAsync<T>(sql);

    public async ValueTask DisposeAsync()
    {
        await Tenants.DisposeAsync();
        wire.Dispose();
    }
}
