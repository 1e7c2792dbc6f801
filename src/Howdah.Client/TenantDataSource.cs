using System.Collections.Concurrent;
using Npgsql;

namespace Howdah.Client;

/// <summary>
/// The tenants of a home database. It has no commands, connections and transactions itself: those of a <see cref="Tenant"/> are bound to
/// it, so that no statement can run without a tenant.
/// </summary>
public sealed class TenantDataSource : IAsyncDisposable
{
    readonly ConcurrentDictionary<Guid, Resident> residents = new();
    readonly TenantDataSourceOptions options;
    readonly Lock sync = new();
    Task? check;
    volatile bool disposed, passed;

    /// <summary>Makes it; connects to nothing yet.</summary>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    public TenantDataSource(TenantDataSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, Locator.Reserved + 1);
        if (options is { Signed: true, Key: null })
            throw new ArgumentException("signed contexts need the tenancy's key (`howdah dsn --key`)", nameof(options));
        this.options = options;
        Signature = options.Signed ? new(options.Key!, options.Clock) : null;
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString) { Password = null };
        (ConnectionString, CommandTimeout) = (settings.ConnectionString, settings.CommandTimeout);
        Texts = new(options.Context);
        Fronts = new(Texts, options.MaxConnections);
        Gate = new(options.MaxConnections - Locator.Reserved, options.QueueTimeout, options.Clock);
        Places = new(options);
        Locator = new(this, options);
    }

    internal TenantDataSourceOptions Options => options;
    /// <summary>Signs contexts; null where they are not signed.</summary>
    internal Signature? Signature { get; }

    /// <summary>The home's, without its password.</summary>
    internal string ConnectionString { get; }
    internal int CommandTimeout { get; }
    internal ContextText Texts { get; }
    internal Fronts Fronts { get; }
    internal Gate Gate { get; }
    internal Places Places { get; }
    internal Locator Locator { get; }

    /// <summary>A tenant by id. Nothing is asked yet: whether there is such a tenant shows when it is first used.</summary>
    /// <exception cref="ArgumentException">The id is empty: there is no tenant.</exception>
    public Tenant For(Guid tenant)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (tenant == Guid.Empty)
            throw new ArgumentException("no tenant: the id is empty", nameof(tenant));
        return new(this, residents.TryGetValue(tenant, out var known) ? known : new(tenant, options.LimitsOf?.Invoke(tenant)
            ?? options.Limits));
    }

    /// <summary>A tenant by name; null where the registry has none of that name.</summary>
    public async ValueTask<Tenant?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (await Locator.ByNameAsync(name, cancellationToken).ConfigureAwait(false) is not { } placement)
            return null;
        var tenant = For(placement.Id);
        tenant.Resident.Placement ??= placement;
        return tenant;
    }

    /// <summary>
    /// The one that all share, once the registry has said that there is such a tenant: made-up ids leave nothing behind.
    /// </summary>
    internal Resident Settle(Resident resident) => residents.GetOrAdd(resident.Id, resident);

    /// <summary>
    /// Looks whether the server would keep tenants apart for this login: no superuser, no BYPASSRLS, no owner of tenants' tables, no
    /// member of such roles, no pooler that was not declared, no session that begins with a tenant. Called by itself before the first
    /// statement; call it at start-up to fail there.
    /// </summary>
    /// <exception cref="TenancyCheckException">Something was found; it lists all of it.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Task run;
        lock (sync)
        {
            if (check is null or { IsFaulted: true } or { IsCanceled: true })
                check = Task.Run(() => SelfCheck.RunAsync(this, CancellationToken.None), CancellationToken.None);
            run = check;
        }
        await run.WaitAsync(cancellationToken).ConfigureAwait(false);
        passed = true;
    }

    internal ValueTask CheckedAsync(CancellationToken token)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return passed ? default : new(CheckAsync(token));
    }

    internal void GiveBack(Lane lane, Place? place)
    {
        if (place is not null)
            Places.Leave(place);
        Gate.Leave(lane);
    }

    /// <summary>Closes all connections. Those in use are closed when they come back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await Places.DisposeAsync().ConfigureAwait(false);
        Locator.Dispose();
    }
}
