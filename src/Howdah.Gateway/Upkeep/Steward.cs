using Howdah.Engine.Applying;
using Howdah.Engine.Upkeep;
using Npgsql;

namespace Howdah.Gateway.Upkeep;

/// <summary>What an instance is on a server.</summary>
enum StewardRole
{
    /// <summary>Not connected yet.</summary>
    Starting,
    /// <summary>It looks after the estate there.</summary>
    Leader,
    /// <summary>Another does; it takes over when that one is gone.</summary>
    Standby,
    /// <summary>The server is not to be had.</summary>
    Away,
}

/// <summary>What an instance is on a server, since when and why.</summary>
sealed record StewardSeen(string Server, StewardRole Role, string Note, DateTimeOffset Since);

/// <summary>Looks after one server's part of the estate while it has the lead there, and else waits for the lead.</summary>
sealed class Steward : IDisposable
{
    readonly string server;
    readonly GatewayState gateway;
    readonly GatewayOptions options;
    readonly Log log;
    readonly Lanes lanes = new();
    volatile StewardSeen seen;

    internal Steward(string server, GatewayState gateway, GatewayOptions options, Log log)
    {
        (this.server, this.gateway, this.options, this.log) = (server, gateway, options, log);
        seen = new(server, StewardRole.Starting, "", options.Time.GetUtcNow());
    }

    /// <summary>What it is now.</summary>
    internal StewardSeen Seen => seen;

    public void Dispose() => lanes.Dispose();

    /// <summary>Works until it is stopped.</summary>
    /// <param name="stop">No new work; what is in hand is ended.</param>
    /// <param name="abort">What is in hand is called off.</param>
    internal async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        for (var failures = 0; !stop.IsCancellationRequested;)
        {
            var given = gateway.Current;
            try
            {
                if (!given.Session.Servers.TryGetValue(server, out var access))
                    return;
                await using var lead = await Leadership.OpenAsync(access, given.Session.Estate.Name, options.Who, stop);
                failures = 0;
                if (await WaitAsync(lead, given, stop))
                    await LeadAsync(lead, given, stop, abort);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception away) when (away is NpgsqlException || PgErrors.IsLost(away))
            {
                failures++;
                Become(StewardRole.Away, PgErrors.Tell(away));
                if (failures > 1)
                    await gateway.ReopenAsync(server, stop);
                await PauseAsync(Rhythm.Reconnect(failures, options.Random()), given, stop);
            }
        }
        Become(StewardRole.Starting, "stopped");
    }

    // Polled: a session that waits in pg_advisory_lock holds a snapshot, for which a concurrent detaching of the leader would wait.
    async Task<bool> WaitAsync(Leadership lead, Assignment given, CancellationToken stop)
    {
        while (gateway.Current == given || Same(gateway.Current, given))
        {
            if (await lead.TryAsync(stop) is not { } holder)
            {
                Become(StewardRole.Leader, "");
                return true;
            }
            Become(StewardRole.Standby, holder);
            await PauseAsync(options.Look, gateway.Current, stop);
        }
        return false;
    }

    async Task LeadAsync(Leadership lead, Assignment given, CancellationToken stop, CancellationToken abort)
    {
        using var tenure = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var loops = new Dictionary<string, Task>();
        var first = given;
        CancellationTokenSource? ease = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (ease is null || gateway.Current != given)
                {
                    given = gateway.Current;
                    if (!Same(given, first))
                        break;
                    // Who is idle ends; who works ends its work, and its successor waits for that.
                    if (ease is not null)
                        await ease.CancelAsync();
                    ease?.Dispose();
                    ease = CancellationTokenSource.CreateLinkedTokenSource(stop, tenure.Token);
                    foreach (var chore in given.Session.Chores.Where(chore => chore.Server == server))
                        loops[chore.Name] = new ChoreLoop(given.Session, chore, gateway, lanes, options, log)
                            .RunAsync(loops.GetValueOrDefault(chore.Name, Task.CompletedTask), ease.Token, tenure.Token);
                }
                await HoldAsync(lead, tenure, loops);
                if (tenure.IsCancellationRequested)
                    break;
                await PauseAsync(options.Look, given, stop);
            }
        }
        finally
        {
            if (ease is not null)
                await ease.CancelAsync();
            ease?.Dispose();
            // The lead is kept as long as there is work, and the work called off once the lead is lost.
            for (var all = Task.WhenAll(loops.Values); !all.IsCompleted; await Task.WhenAny(all, Task.Delay(options.Look, options.Time)))
                await HoldAsync(lead, tenure, loops);
        }
        await Task.WhenAll(loops.Values);
    }

    async Task HoldAsync(Leadership lead, CancellationTokenSource tenure, Dictionary<string, Task> loops)
    {
        // A loop ends by itself only where it is wrong, and then the whole must not look as if it were well.
        if (loops.Values.FirstOrDefault(static loop => loop.IsFaulted) is { } wrong)
        {
            await tenure.CancelAsync();
            await wrong;
        }
        if (tenure.IsCancellationRequested || await lead.HoldsAsync(CancellationToken.None))
            return;
        Become(StewardRole.Away, "the session that held the lead ended");
        await tenure.CancelAsync();
    }

    // Whether one who leads under the one estate may go on under the other: the same server, reached the same way, the same name.
    bool Same(Assignment one, Assignment other) => one.Session.Estate.Name == other.Session.Estate.Name
        && one.Session.Servers.TryGetValue(server, out var access) && other.Session.Servers.TryGetValue(server, out var before)
        && access.AdminConnectionString(null) == before.AdminConnectionString(null);

    async Task PauseAsync(TimeSpan span, Assignment given, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(span, options.Time, end.Token), given.Replaced);
        await end.CancelAsync();
    }

    void Become(StewardRole role, string note)
    {
        var before = seen;
        if (before.Role == role && (before.Note == note || role == StewardRole.Standby))
            return;
        seen = new(server, role, note, before.Role == role ? before.Since : options.Time.GetUtcNow());
        if (before.Role != role)
        {
            var (level, kind, message) = role switch
            {
                StewardRole.Leader => (GatewayLevel.Info, "lead taken", "this instance looks after the estate there"),
                StewardRole.Standby => (GatewayLevel.Info, "standing by", $"another looks after the estate there: {note}"),
                StewardRole.Away => (GatewayLevel.Warning, "server away", $"{note}; tried again until it is there"),
                _ => (GatewayLevel.Info, "lead given up", "nothing is done there any more"),
            };
            log.Tell(level, kind, message, server);
        }
    }
}
