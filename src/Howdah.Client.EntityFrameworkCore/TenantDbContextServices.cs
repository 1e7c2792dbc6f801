using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Howdah.Client.EntityFrameworkCore;

/// <summary>Contexts of tenants among an application's services.</summary>
public static class TenantDbContextServices
{
    /// <summary>
    /// A pooled context that works for its scope's tenant: the one entered in <see cref="TenantScope"/>, or what the application's own
    /// scoped <see cref="ITenantAccessor"/> says. <c>UseHowdah</c> is called.
    /// </summary>
    public static IServiceCollection AddTenantDbContext<TContext>(this IServiceCollection services,
        Action<IServiceProvider, DbContextOptionsBuilder>? configure = null, int poolSize = 1024) where TContext : DbContext
    {
        services.AddPooledDbContextFactory<TContext>((inside, options) =>
        {
            configure?.Invoke(inside, options);
            if (options.Options.FindExtension<HowdahOptionsExtension>() is null)
                options.UseHowdah();
        }, poolSize);
        services.TryAddScoped<TenantScope>();
        services.TryAddScoped<ITenantAccessor>(static inside => inside.GetRequiredService<TenantScope>());
        services.AddScoped(static inside =>
        {
            var context = inside.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContext();
            // Asked when the tenant is first needed: the context may be made before a request is known to be whose.
            TenantDbContextExtensions.Of(context).Ask(inside.GetRequiredService<ITenantAccessor>());
            return context;
        });
        return services;
    }
}
