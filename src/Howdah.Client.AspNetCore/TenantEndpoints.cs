using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Howdah.Client.AspNetCore;

/// <summary>Endpoints and tenants.</summary>
public static class TenantEndpoints
{
    /// <summary>The endpoint, or all of the group, serves one tenant a request; without one it is not reached.</summary>
    public static TBuilder RequireTenant<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(TenantNeed.Required);

    /// <summary>The endpoint serves no tenant: sign-in, health, what all share. A mark nearer to the endpoint counts.</summary>
    public static TBuilder WithoutTenant<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(TenantNeed.None);

    /// <summary>Whether the endpoint says which of both.</summary>
    internal static TenantNeed? Need(Endpoint endpoint) => endpoint.Metadata.GetMetadata<TenantNeed>();
}

sealed class TenantNeed
{
    internal static TenantNeed Required { get; } = new();
    internal static TenantNeed None { get; } = new();

    public override string ToString() => this == Required ? "requires a tenant" : "serves no tenant";
}
