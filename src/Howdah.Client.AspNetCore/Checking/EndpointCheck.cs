using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Howdah.Client.AspNetCore.Checking;

/// <summary>Finds the endpoints that do not say whether they need a tenant, once all are mapped.</summary>
sealed partial class EndpointCheck(EndpointDataSource endpoints, HowdahTenancyOptions options, ILogger<EndpointCheck> logger)
    : IHostedLifecycleService
{
    /// <summary>Their names, as routes.</summary>
    internal static List<string> Unmarked(EndpointDataSource endpoints) =>
    [
        .. from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
           where TenantEndpoints.Need(endpoint) is null
           let route = endpoint.RoutePattern.RawText ?? endpoint.DisplayName ?? "?"
           orderby route
           select route,
    ];

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Unmarked == UnmarkedEndpoints.Allow || Unmarked(endpoints) is not { Count: > 0 } found)
            return Task.CompletedTask;
        var list = string.Join(", ", found);
        if (options.Unmarked == UnmarkedEndpoints.Refuse)
            throw new InvalidOperationException($"these endpoints say neither RequireTenant nor WithoutTenant: {list}");
        Tell(logger, list);
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Warning, "These endpoints say neither RequireTenant nor WithoutTenant, and so have no tenant: {Endpoints}")]
    static partial void Tell(ILogger logger, string endpoints);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
