using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Howdah.Client.EntityFrameworkCore.Binding;

/// <summary>
/// The tenant of one context, settled when it is first needed and never changed after that; forgotten when the context goes back to its
/// pool.
/// </summary>
sealed class ContextTenant(IDbContextOptions options) : IResettableService
{
    Tenant? tenant;
    ITenantAccessor? accessor;

    /// <summary>Whether the tools of EF Core run, which know no tenant: migrations, bundles, scaffolding.</summary>
    internal bool AtDesignTime => EF.IsDesignTime && Find() is null;

    /// <summary>The tenant.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal Tenant Tenant => tenant ?? Find() ?? throw new InvalidOperationException("this context has no tenant: call UseTenant on it, or"
        + " enter one in its scope (TenantScope), before it is used; nothing was sent");

    internal void Set(Tenant wanted)
    {
        if ((tenant ??= wanted).Id != wanted.Id)
            throw new InvalidOperationException("this context works for another tenant already: take a context of its own for each tenant");
    }

    /// <summary>Whom to ask when the tenant is first needed.</summary>
    internal void Ask(ITenantAccessor whom) => accessor = whom;

    Tenant? Find() => tenant ??= (accessor ?? OfTheOptions ?? OfTheApplication)?.Tenant;

    ITenantAccessor? OfTheOptions => options.FindExtension<HowdahOptionsExtension>()?.Options.Accessor;

    ITenantAccessor? OfTheApplication => options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider
        ?.GetService(typeof(ITenantAccessor)) as ITenantAccessor;

    public void ResetState() => (tenant, accessor) = (null, null);

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }
}
