using System.Collections.Concurrent;

namespace Howdah.Client.AspNetCore.Finding;

/// <summary>Tenants by what requests call them. Names are kept for a while; made-up ones leave nothing behind.</summary>
sealed class Names(TenantDataSource tenants, HowdahTenancyOptions options)
{
    const int Most = 10_000;
    readonly ConcurrentDictionary<string, (Guid Id, long At)> known = new(StringComparer.Ordinal);

    /// <summary>The tenant; null where the registry has none of that name. Whether there is one of an id shows later.</summary>
    internal ValueTask<Tenant?> FindAsync(string called, CancellationToken token)
    {
        if (Guid.TryParse(called, out var id))
            return new(id == Guid.Empty ? null : tenants.For(id));
        return known.TryGetValue(called, out var kept) && options.Clock.GetElapsedTime(kept.At) < options.NamesKeptFor
            ? new(tenants.For(kept.Id)) : new(AskAsync(called, token));
    }

    async Task<Tenant?> AskAsync(string called, CancellationToken token)
    {
        // The registry's names are short; what is longer is not asked for.
        if (called.Length > 200 || await tenants.FindAsync(called, token).ConfigureAwait(false) is not { } tenant)
        {
            known.TryRemove(called, out _);
            return null;
        }
        if (known.Count >= Most)
            known.Clear();
        known[called] = (tenant.Id, options.Clock.GetTimestamp());
        return tenant;
    }
}
