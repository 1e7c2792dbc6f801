using Npgsql;

namespace Howdah.Client;

/// <summary>
/// The data sources: one a place, made when first needed and given up when idle. Keeps the connections that are open, idle ones included,
/// under the limit: before one too many is opened, idle ones of the place that was used least lately are closed.
/// </summary>
sealed class Places : IAsyncDisposable
{
    readonly Lock sync = new();
    readonly Dictionary<string, Place> places = [];
    readonly TenantDataSourceOptions options;
    readonly ITimer timer;
    int open;

    internal Places(TenantDataSourceOptions options)
    {
        this.options = options;
        Home = new("", Build(new(options.ConnectionString)), home: true);
        var sweep = options.IdleAfter / 2;
        timer = options.Clock.CreateTimer(static state => _ = ((Places)state!).SweepAsync(), this, sweep, sweep);
    }

    internal Place Home { get; }

    internal int Count
    {
        get
        {
            lock (sync)
                return places.Count + 1;
        }
    }

    /// <summary>The connections that can be open at most, over all places.</summary>
    internal int Open
    {
        get
        {
            lock (sync)
                return open;
        }
    }

    /// <summary>Takes a connection's place there, at home where null; the caller opens it, and gives it back.</summary>
    internal Place Enter(Placement? placement)
    {
        Place? place, victim = null;
        lock (sync)
        {
            place = placement is null or { InRows: true } ? Home : Find(placement);
            place.InUse++;
            place.Used = options.Clock.GetTimestamp();
            if (place.InUse > place.Open)
            {
                if (open >= options.MaxConnections && (victim = LeastUsed(place)) is not null)
                {
                    open -= victim.Open - victim.InUse;
                    victim.Open = victim.InUse;
                }
                place.Open++;
                open++;
            }
        }
        // Closes what is idle now, and the others when they come back.
        victim?.Source.Clear();
        return place;
    }

    /// <summary>The place as it is now, to make connection objects of, without taking one.</summary>
    internal Place At(Placement placement)
    {
        lock (sync)
            return placement.InRows ? Home : Find(placement);
    }

    internal void Leave(Place place)
    {
        bool last;
        lock (sync)
        {
            place.InUse--;
            place.Used = options.Clock.GetTimestamp();
            last = place is { Closed: true, InUse: 0 };
        }
        if (last)
            place.Source.Dispose();
    }

    /// <summary>Gives a tenant's place up: nobody lives there any more.</summary>
    internal void Forget(Placement placement)
    {
        if (placement.InRows)
            return;
        bool idle;
        Place? place;
        lock (sync)
            idle = places.Remove(KeyOf(placement), out place) && Close(place);
        if (idle)
            place!.Source.Dispose();
    }

    Place Find(Placement placement)
    {
        var key = KeyOf(placement);
        if (!places.TryGetValue(key, out var place))
        {
            places[key] = place = new(key, Build(Settings(placement)), home: false);
            Telemetry.Opened();
        }
        return place;
    }

    static string KeyOf(Placement placement) => $"{placement.Role}@{placement.Server}/{placement.Database}";

    NpgsqlConnectionStringBuilder Settings(Placement placement)
    {
        var text = options.ConnectionString;
        if (placement.Server is { } server && !options.Servers.TryGetValue(server, out text))
            throw new TenantUnreachableException(placement.Id,
                $"it is on server '{server}', which {nameof(options.Servers)} does not name");
        if (options.Key is not { } key)
            throw new TenantUnreachableException(placement.Id,
                $"it logs in as a role of its own; set {nameof(options.Key)} (`howdah dsn --key`)");
        var settings = new NpgsqlConnectionStringBuilder(text) { Username = placement.Role, Password = Passwords.Of(key, placement.Role!) };
        settings.Database = placement.Database ?? settings.Database;
        // The path that leads to the shared tables at home would lead past the tenant's own schema; its role has the right one.
        if (placement.Model == "schemas")
            settings.SearchPath = null;
        return settings;
    }

    NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        settings.Pooling = true;
        settings.MaxPoolSize = Math.Max(settings.MinPoolSize, options.MaxConnections);
        // An ambient transaction would carry one tenant's context into another tenant's statements.
        settings.Enlist = false;
        // Through a pooler, the reset would reach another client's server process.
        settings.NoResetOnClose = options.Pooler == PoolerMode.Transaction;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        options.Configure?.Invoke(builder);
        return builder.Build();
    }

    Place? LeastUsed(Place except)
    {
        Place? least = Home != except && Home.Open > Home.InUse ? Home : null;
        foreach (var place in places.Values)
        {
            if (place != except && place.Open > place.InUse && (least is null || place.Used < least.Used))
                least = place;
        }
        return least;
    }

    bool Close(Place place)
    {
        place.Closed = true;
        open -= place.Open - place.InUse;
        place.Open = place.InUse;
        Telemetry.Closed();
        return place.InUse == 0;
    }

    /// <summary>Gives up what was idle for long.</summary>
    internal async Task SweepAsync()
    {
        List<Place> idle = [];
        lock (sync)
        {
            foreach (var place in places.Values)
            {
                if (place.InUse == 0 && options.Clock.GetElapsedTime(place.Used) >= options.IdleAfter)
                    idle.Add(place);
            }
            foreach (var place in idle)
            {
                places.Remove(place.Key);
                Close(place);
            }
        }
        foreach (var place in idle)
            await place.Source.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync().ConfigureAwait(false);
        List<Place> all;
        lock (sync)
        {
            all = [.. places.Values, Home];
            places.Clear();
        }
        foreach (var place in all)
            await place.Source.DisposeAsync().ConfigureAwait(false);
    }
}
