using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace Howdah.Client.AspNetCore;

/// <summary>Output caches and tenants.</summary>
public static class TenantCaching
{
    const string Key = "howdah.tenant";

    /// <summary>
    /// Keeps what is cached apart by tenant: the same URL has an entry for each. A request without a tenant fails, and so does an output
    /// cache that stands before <see cref="HowdahTenancyServices.UseHowdahTenancy"/>, instead of sharing one entry among all.
    /// </summary>
    /// <exception cref="InvalidOperationException">When a request is looked up: it has no tenant.</exception>
    public static OutputCachePolicyBuilder VaryByTenant(this OutputCachePolicyBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.VaryByValue(static context => new(Key,
            context.RequestServices.GetRequiredService<ITenantAccessor>().Tenant?.Id.ToString()
                ?? throw new InvalidOperationException("an output cache varies by tenant, and this request has none yet: let "
                    + "UseOutputCache come after UseHowdahTenancy, and mark the endpoint with RequireTenant")));
    }
}
