namespace Howdah.Client;

/// <summary>Says for which tenant work is done: in a request, a job, a unit of work.</summary>
public interface ITenantAccessor
{
    /// <summary>The tenant; null where there is none.</summary>
    Tenant? Tenant { get; }
}

/// <summary>The tenant of one scope, entered once: what a scope began for one tenant never ends for another.</summary>
public sealed class TenantScope : ITenantAccessor
{
    Tenant? tenant;

    /// <inheritdoc/>
    public Tenant? Tenant => tenant;

    /// <summary>Sets the scope's tenant.</summary>
    /// <exception cref="InvalidOperationException">The scope has another tenant already.</exception>
    public void Enter(Tenant tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        if ((Interlocked.CompareExchange(ref this.tenant, tenant, null) ?? tenant).Id != tenant.Id)
            throw new InvalidOperationException("this scope has another tenant already: open a scope of its own for each tenant");
    }
}
