using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Howdah.Client.AspNetCore.Checking;

/// <summary>Whether the registry answers. Says nothing of where it is, nor of tenants.</summary>
sealed class RegistryHealth(TenantDataSource tenants) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Whether there is one of this name does not matter.
            await tenants.FindAsync("howdah health check", cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy("the registry of tenants answers");
        }
        catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException or TenancyCheckException)
        {
            return new(context.Registration.FailureStatus, "the registry of tenants does not answer", e);
        }
    }
}
