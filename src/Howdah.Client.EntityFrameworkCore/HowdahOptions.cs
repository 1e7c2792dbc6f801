namespace Howdah.Client.EntityFrameworkCore;

/// <summary>How contexts find their tenant, and entities their tenant's property.</summary>
public sealed record HowdahOptions
{
    /// <summary>
    /// Says for whom a context works that was not told with <c>UseTenant</c>; null takes the <see cref="ITenantAccessor"/> of the
    /// application's services, if there is one.
    /// </summary>
    public ITenantAccessor? Accessor { get; init; }

    /// <summary>The property that holds the tenant's id; where an entity has none of that name, the one that is mapped to
    /// <see cref="TenantColumn"/>.</summary>
    public string TenantProperty { get; init; } = "TenantId";

    /// <summary>The estate's <c>tenancy.column</c>.</summary>
    public string TenantColumn { get; init; } = "tenant_id";
}
