using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Howdah.Client.AspNetCore;

/// <summary>
/// What a client is told where a tenant is not served: never an id or a name, neither of the tenant nor of where it lives.
/// </summary>
sealed record Problem(int Status, string Kind, string Title, bool Later = false)
{
    internal static Problem Unnamed { get; } = new(400, "no-tenant", "The request names no tenant.");
    internal static Problem Ambiguous { get; } = new(400, "ambiguous-tenant", "The request names several tenants.");
    internal static Problem Anonymous { get; } = new(401, "sign-in", "Sign in to be served as a tenant's user.");
    internal static Problem NoMember { get; } = new(403, "not-a-member", "You do not belong to this tenant.");
    internal static Problem Unknown { get; } = new(404, "unknown-tenant", "There is no such tenant.");
    internal static Problem Unavailable { get; } = new(503, "tenant-unavailable", "This tenant cannot be served now.", Later: true);

    internal static Problem Suspended(HowdahTenancyOptions options) =>
        new(options.SuspendedStatus, "suspended-tenant", "This tenant is suspended.");

    internal static Problem Of(TenantException exception, HowdahTenancyOptions options) => exception switch
    {
        TenantUnknownException => Unknown,
        TenantSuspendedException => Suspended(options),
        _ => Unavailable,
    };

    internal Task WriteAsync(HttpContext context, HowdahTenancyOptions options)
    {
        context.Response.Clear();
        context.Response.Headers.CacheControl = "no-store";
        if (Later)
            context.Response.Headers.RetryAfter = ((int)options.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(statusCode: Status, title: Title, type: "urn:howdah:" + Kind).ExecuteAsync(context);
    }
}
