using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Howdah.Client.AspNetCore.Finding;

/// <summary>One request names several tenants.</summary>
sealed class AmbiguousTenantException : Exception;

sealed class ClaimSource(string type) : TenantSource
{
    internal override bool Vouched => true;

    internal override string? Read(HttpContext context)
    {
        string? found = null;
        foreach (var value in Claims.Of(context.User, type))
        {
            if (found is not null && found != value)
                throw new AmbiguousTenantException();
            found = value;
        }
        return found;
    }
}

sealed class HeaderSource(string name) : TenantSource
{
    internal override bool Vouched => false;

    internal override string? Read(HttpContext context)
    {
        var values = context.Request.Headers[name];
        if (values.Count > 1)
            throw new AmbiguousTenantException();
        return string.IsNullOrWhiteSpace(values) ? null : values.ToString().Trim();
    }
}

sealed class RouteSource(string parameter) : TenantSource
{
    internal override bool Vouched => false;

    internal override string? Read(HttpContext context) =>
        context.GetRouteValue(parameter) as string is { Length: > 0 } value ? value : null;
}

sealed class HostSource : TenantSource
{
    const string Hole = "{tenant}";
    readonly string before;
    readonly string after;

    internal HostSource(string pattern)
    {
        var at = pattern.IndexOf(Hole, StringComparison.Ordinal);
        if (at < 0)
            throw new ArgumentException($"'{pattern}' has no {Hole}: say which label of the host is the tenant", nameof(pattern));
        (before, after) = (pattern[..at], pattern[(at + Hole.Length)..]);
    }

    internal override bool Vouched => false;

    internal override string? Read(HttpContext context)
    {
        // Hosts are the same in any case; names of tenants that are to be hosts are lower-case.
        var host = context.Request.Host.Host.ToLowerInvariant();
        if (host.Length <= before.Length + after.Length || !host.StartsWith(before, StringComparison.OrdinalIgnoreCase)
            || !host.EndsWith(after, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var label = host[before.Length..^after.Length];
        return label.Contains('.', StringComparison.Ordinal) ? null : label;
    }
}
