using Microsoft.AspNetCore.Http;

namespace Howdah.Client.AspNetCore;

/// <summary>How a request comes to its tenant.</summary>
public sealed record HowdahTenancyOptions
{
    /// <summary>
    /// Where requests name their tenant, in this order: the first that says anything decides. Where another says something else, the
    /// request is refused.
    /// </summary>
    public IReadOnlyList<TenantSource> Sources { get; init; } = [];

    /// <summary>
    /// A claim of the user's that lists the tenants, by id or name, that the user belongs to. With it or <see cref="IsMember"/>, hosts,
    /// routes and headers can be sources.
    /// </summary>
    public string? MemberClaim { get; init; }

    /// <summary>Says whether the request's user belongs to the tenant. Asked for every request, also where the tenant came from a claim.
    /// </summary>
    public Func<HttpContext, Tenant, CancellationToken, ValueTask<bool>>? IsMember { get; init; }

    /// <summary>Whether those who do not belong to a tenant are told that there is none (404), not that they do not (403).</summary>
    public bool Conceal { get; init; }

    /// <summary>The status that tells that a tenant is suspended: 423 or 403.</summary>
    public int SuspendedStatus { get; init; } = StatusCodes.Status423Locked;

    /// <summary>What clients are told to wait where a tenant is fenced or cannot be reached.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of endpoints marked neither with <c>RequireTenant</c> nor with <c>WithoutTenant</c>.</summary>
    public UnmarkedEndpoints Unmarked { get; init; } = UnmarkedEndpoints.Warn;

    /// <summary>How long it may take until a renamed tenant is known by its new name only.</summary>
    public TimeSpan NamesKeptFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal void Check()
    {
        if (Sources.Count == 0)
            throw new ArgumentException($"{nameof(Sources)} is empty: say where requests name their tenant");
        if (MemberClaim is null && IsMember is null && Sources.Any(static source => !source.Vouched))
        {
            throw new ArgumentException("a host, route or header is anybody's to send and never believed alone: set "
                + $"{nameof(MemberClaim)} or {nameof(IsMember)}, or take the tenant from a claim");
        }
        if (SuspendedStatus is not (StatusCodes.Status423Locked or StatusCodes.Status403Forbidden))
            throw new ArgumentException($"{nameof(SuspendedStatus)} is {SuspendedStatus}: 423 or 403 tell that a tenant is suspended");
    }
}

/// <summary>What becomes of endpoints that do not say whether they need a tenant.</summary>
public enum UnmarkedEndpoints
{
    /// <summary>Nothing. They have no tenant, and whatever they would do for one throws.</summary>
    Allow,

    /// <summary>They are listed in the log at start-up.</summary>
    Warn,

    /// <summary>The application does not start.</summary>
    Refuse,
}
