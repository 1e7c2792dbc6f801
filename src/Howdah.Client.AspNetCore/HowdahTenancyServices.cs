using Howdah.Client.AspNetCore.Checking;
using Howdah.Client.AspNetCore.Finding;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Howdah.Client.AspNetCore;

/// <summary>Tenancy among an application's services and in its pipeline.</summary>
public static class HowdahTenancyServices
{
    /// <summary>
    /// Adds what finds a request's tenant. The application adds its <see cref="TenantDataSource"/>; what needs the tenant asks for
    /// <see cref="Tenant"/> or <see cref="ITenantAccessor"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The options would believe what anybody can send.</exception>
    public static IServiceCollection AddHowdahTenancy(this IServiceCollection services, HowdahTenancyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        services.AddSingleton(options);
        services.AddSingleton<Names>();
        services.AddHostedService<EndpointCheck>();
        services.TryAddScoped<TenantScope>();
        services.TryAddScoped<ITenantAccessor>(static inside => inside.GetRequiredService<TenantScope>());
        services.TryAddScoped(static inside => inside.GetRequiredService<ITenantAccessor>().Tenant
            ?? throw new InvalidOperationException("this request has no tenant: mark its endpoint with RequireTenant"));
        return services;
    }

    /// <summary>
    /// Enters the tenant of each request whose endpoint requires one. To stand behind <c>UseRouting</c> and <c>UseAuthentication</c>.
    /// </summary>
    public static IApplicationBuilder UseHowdahTenancy(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<TenancyMiddleware>();
    }

    /// <summary>A health check of the home database's registry of tenants: without it, nobody is found.</summary>
    public static IHealthChecksBuilder AddHowdah(this IHealthChecksBuilder builder, string name = "howdah",
        HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new(name, static inside => new RegistryHealth(inside.GetRequiredService<TenantDataSource>()), failureStatus,
            tags));
    }
}
