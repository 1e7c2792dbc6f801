using Howdah.Client.EntityFrameworkCore.Binding;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Howdah.Client.EntityFrameworkCore;

/// <summary>Contexts and their tenants.</summary>
public static class TenantDbContextExtensions
{
    /// <summary>Makes the context this tenant's for as long as it lives, or until it goes back to its pool.</summary>
    /// <exception cref="InvalidOperationException">It has another tenant already, or its options have no <c>UseHowdah</c>.</exception>
    public static TContext UseTenant<TContext>(this TContext context, Tenant tenant) where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(tenant);
        Of(context).Set(tenant);
        return context;
    }

    /// <summary>A context of this tenant.</summary>
    public static TContext CreateDbContext<TContext>(this IDbContextFactory<TContext> factory, Tenant tenant) where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory.CreateDbContext().UseTenant(tenant);
    }

    /// <summary>The tenant that the context works for.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public static Tenant GetTenant(this DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Of(context).Tenant;
    }

    internal static ContextTenant Of(DbContext context) =>
        ((IInfrastructure<IServiceProvider>)context).Instance.GetService(typeof(ContextTenant)) as ContextTenant
            ?? throw new InvalidOperationException($"the options of {context.GetType().Name} have no UseHowdah");
}
