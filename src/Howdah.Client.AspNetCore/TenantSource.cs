using Howdah.Client.AspNetCore.Finding;
using Microsoft.AspNetCore.Http;

namespace Howdah.Client.AspNetCore;

/// <summary>Where a request names its tenant, by id or by name.</summary>
public abstract class TenantSource
{
    private protected TenantSource()
    {
    }

    /// <summary>A claim of the authenticated user: whoever signed the token vouches for it, so it is membership as well.</summary>
    public static TenantSource Claim(string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        return new ClaimSource(type);
    }

    /// <summary>A label of the host's name, as in <c>{tenant}.example.com</c>; anybody can send any; membership is checked.</summary>
    public static TenantSource Host(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return new HostSource(pattern);
    }

    /// <summary>A value of the route, as in <c>/t/{tenant}/orders</c>; membership is checked.</summary>
    public static TenantSource Route(string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(parameter);
        return new RouteSource(parameter);
    }

    /// <summary>A header; membership is checked.</summary>
    public static TenantSource Header(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new HeaderSource(name);
    }

    /// <summary>Whether what it says was vouched for.</summary>
    internal abstract bool Vouched { get; }

    /// <summary>What the request says here; null where it says nothing.</summary>
    /// <exception cref="AmbiguousTenantException">It says several things.</exception>
    internal abstract string? Read(HttpContext context);
}
