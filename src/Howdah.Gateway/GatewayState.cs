using System.Collections.Concurrent;
using Howdah.Engine.Servers;
using Howdah.Engine.Upkeep;
using Howdah.Gateway.Upkeep;
using Npgsql;

namespace Howdah.Gateway;

/// <summary>What is asked of a gateway from several sides: what it works by, what it is on each server, how its chores are.</summary>
sealed class GatewayState(GatewayOptions options)
{
    readonly ConcurrentDictionary<string, ChoreState> chores = [];
    readonly ConcurrentDictionary<string, Steward> stewards = [];
    volatile Assignment? current;

    /// <summary>What it works by. Only asked once there is one.</summary>
    internal Assignment Current => current ?? throw new InvalidOperationException("no estate is open yet");

    /// <summary>Whether an estate is open.</summary>
    internal bool Opened => current is not null;

    /// <summary>When it began.</summary>
    internal DateTimeOffset Began { get; } = options.Time.GetUtcNow();

    /// <summary>Whether it ends.</summary>
    internal bool Stopping { get; set; }

    /// <summary>When the estate file was read last, and whether it could be used.</summary>
    internal (DateTimeOffset At, bool Good) LastRead { get; set; }

    /// <summary>What it is on each server, in the order of names.</summary>
    internal IReadOnlyList<StewardSeen> Servers =>
        [.. stewards.Values.Select(static each => each.Seen).OrderBy(static each => each.Server, StringComparer.Ordinal)];

    /// <summary>What is known of each chore, in the order of work.</summary>
    internal IReadOnlyList<ChoreSeen> Chores => current is { } given ? [.. given.Session.Chores.Select(chore => StateOf(chore).Seen)] : [];

    /// <summary>What is known of those that have timetables, by name.</summary>
    internal IReadOnlyDictionary<string, ChoreSeen> Timed =>
        Chores.Where(static each => each.Chore.Timetable is not null).ToDictionary(static each => each.Chore.Name);

    /// <summary>Rung when a chore with a timetable may have become due.</summary>
    internal Bell Bell { get; } = new();

    /// <summary>What is known of a chore; it outlives the lead and the estate file.</summary>
    internal ChoreState StateOf(Chore chore) => chores.GetOrAdd(chore.Name, static (_, anew) => new(anew), chore);

    internal void Add(string server, Steward steward) => stewards[server] = steward;

    internal void Remove(string server)
    {
        if (stewards.TryRemove(server, out var gone))
            gone.Dispose();
    }

    /// <summary>Works by another estate from now on.</summary>
    internal void Assign(Assignment anew)
    {
        var before = current;
        current = anew;
        foreach (var gone in chores.Keys.Except(anew.Session.Chores.Select(static chore => chore.Name)))
            chores.TryRemove(gone, out _);
        before?.Replace();
    }

    /// <summary>Looks where an embedded server is now: one that was stopped and started again may have another port.</summary>
    internal async Task ReopenAsync(string server, CancellationToken token)
    {
        var given = Current;
        if (!given.Session.Estate.Servers.TryGetValue(server, out var spec) || spec.Embedded is null)
            return;
        try
        {
            var anew = await options.Open(given.Session.Estate, false, token);
            if (anew.Servers[server].AdminConnectionString(null) != given.Session.Servers[server].AdminConnectionString(null)
                && current == given)
                Assign(new(anew));
        }
        catch (Exception away) when (away is ServerUnavailableException or NpgsqlException)
        {
            // It is still away, as whoever asks knows.
        }
    }
}
