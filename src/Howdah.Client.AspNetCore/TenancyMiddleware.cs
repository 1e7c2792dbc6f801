using System.Diagnostics;
using Howdah.Client.AspNetCore.Finding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Howdah.Client.AspNetCore;

/// <summary>
/// Finds the tenant of a request whose endpoint requires one, checks that its user belongs there, and enters it for the request.
/// </summary>
sealed partial class TenancyMiddleware(RequestDelegate next, HowdahTenancyOptions options, Names names, TenantDataSource tenants,
    ILogger<TenancyMiddleware> logger)
{
    const string Tag = "howdah.tenant";
    readonly bool told = tenants.Options.TenantInTelemetry;

    public async Task InvokeAsync(HttpContext context, TenantScope scope)
    {
        if (context.GetEndpoint() is not { } endpoint || TenantEndpoints.Need(endpoint) != TenantNeed.Required)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        try
        {
            if (await FindAsync(context).ConfigureAwait(false) is not { } tenant)
                return;
            scope.Enter(tenant);
            using var log = told ? logger.BeginScope(new Dictionary<string, object> { [Tag] = tenant.Id }) : null;
            if (told)
            {
                Activity.Current?.SetTag(Tag, tenant.Id);
                context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new(Tag, tenant.Id));
            }
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (Inside(e) is not null && !context.Response.HasStarted)
        {
            await RefuseAsync(context, Problem.Of(Inside(e)!, options), Inside(e)).ConfigureAwait(false);
        }
    }

    /// <summary>What the tenant's side said, in whatever others wrapped it.</summary>
    static TenantException? Inside(Exception? e)
    {
        while (e is not null and not TenantException)
            e = e.InnerException;
        return (TenantException?)e;
    }

    /// <summary>The tenant; null where the request was answered.</summary>
    async ValueTask<Tenant?> FindAsync(HttpContext context)
    {
        var token = context.RequestAborted;
        var called = new List<(string Name, bool Vouched)>();
        try
        {
            foreach (var source in options.Sources)
            {
                if (source.Read(context) is { } name)
                    called.Add((name, source.Vouched));
            }
        }
        catch (AmbiguousTenantException)
        {
            return await RefuseAsync(context, Problem.Ambiguous).ConfigureAwait(false);
        }
        if (called.Count == 0)
        {
            return await RefuseAsync(context, Claims.Authenticated(context.User) ? Problem.Unnamed : Problem.Anonymous)
                .ConfigureAwait(false);
        }
        try
        {
            var name = called[0].Name;
            if (await names.FindAsync(name, token).ConfigureAwait(false) is not { } tenant)
                return await RefuseAsync(context, Problem.Unknown).ConfigureAwait(false);
            foreach (var (other, _) in called.Skip(1))
            {
                if (other != name && (await names.FindAsync(other, token).ConfigureAwait(false))?.Id != tenant.Id)
                    return await RefuseAsync(context, Problem.Ambiguous).ConfigureAwait(false);
            }
            if (!await BelongsAsync(context, tenant, name, called.Exists(static one => one.Vouched)).ConfigureAwait(false))
            {
                return await RefuseAsync(context, options.Conceal ? Problem.Unknown
                    : Claims.Authenticated(context.User) ? Problem.NoMember : Problem.Anonymous).ConfigureAwait(false);
            }
            // Whether the registry knows it, and lets it be served.
            await tenant.SettleAsync(token).ConfigureAwait(false);
            return tenant;
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            return await RefuseAsync(context, Problem.Unavailable, e).ConfigureAwait(false);
        }
    }

    async ValueTask<bool> BelongsAsync(HttpContext context, Tenant tenant, string name, bool vouched)
    {
        if (options.IsMember is { } ask && !await ask(context, tenant, context.RequestAborted).ConfigureAwait(false))
            return false;
        if (vouched || options.MemberClaim is not { } claim)
            return true;
        foreach (var value in Claims.Of(context.User, claim))
        {
            if (value == name || (Guid.TryParse(value, out var id) && id == tenant.Id))
                return true;
        }
        return false;
    }

    async ValueTask<Tenant?> RefuseAsync(HttpContext context, Problem problem, Exception? because = null)
    {
        // The exception of a tenant names it.
        Tell(logger, problem.Kind, told || because is not TenantException ? because : null);
        await problem.WriteAsync(context, options).ConfigureAwait(false);
        return null;
    }

    [LoggerMessage(2, LogLevel.Information, "A request was refused: {Kind}")]
    static partial void Tell(ILogger logger, string kind, Exception? exception);
}
