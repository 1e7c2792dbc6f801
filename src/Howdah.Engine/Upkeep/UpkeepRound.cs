using Howdah.Engine.Applying;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Upkeep;

/// <summary>How to look after an estate.</summary>
public sealed record UpkeepOptions
{
    /// <summary>What it is called in <c>pg_stat_activity</c>, for whoever finds the lead taken; 63 bytes are kept.</summary>
    public string Who { get; init; } = "howdah upkeep";

    /// <summary>How often a chore under way asks whether the lead is still held; it is called off where not.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Told of each chore as it ends.</summary>
    public IProgress<ChoreResult>? Events { get; init; }

    /// <summary>Measures durations.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Every chore once, server after server, each under that server's lead. One that fails does not keep the others from being done.
/// </summary>
public static class UpkeepRound
{
    /// <summary>Does the chores of all patterns of an estate.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels: the chore in hand is rolled back, the lead given up.</param>
    /// <returns>How each ended, in the order of work.</returns>
    public static Task<IReadOnlyList<ChoreResult>> RunAsync(Session session, UpkeepOptions options, CancellationToken token) =>
        RunAsync(session, [.. session.Chores.Where(static chore => chore.Timetable is null)], options, token);

    internal static async Task<IReadOnlyList<ChoreResult>> RunAsync(Session session, IReadOnlyList<Chore> chores, UpkeepOptions options,
        CancellationToken token)
    {
        var results = new List<ChoreResult>();
        foreach (var server in chores.GroupBy(static chore => chore.Server))
        {
            var (lead, holder, problem) = await TakeAsync(session, session.Servers[server.Key], options, token);
            await using var held = lead;
            foreach (var chore in server)
            {
                var result = lead is not null ? await ChoreAsync(session, chore, lead, options, token)
                    : holder is not null ? new(chore, ChoreOutcome.Elsewhere, $"another upkeep is at work: {holder}", TimeSpan.Zero)
                    : new(chore, ChoreOutcome.Failed, problem!, TimeSpan.Zero);
                results.Add(result);
                options.Events?.Report(result);
            }
        }
        return results;
    }

    static async Task<(Leadership? Lead, string? Holder, string? Problem)> TakeAsync(Session session, ServerAccess server,
        UpkeepOptions options, CancellationToken token)
    {
        try
        {
            var (lead, holder) = await Leadership.TakeAsync(server, session.Estate.Name, options.Who, token);
            return (lead, holder, null);
        }
        catch (Exception away) when (away is PostgresException || PgErrors.IsLost(away))
        {
            return (null, null, PgErrors.Tell(away));
        }
    }

    static async Task<ChoreResult> ChoreAsync(Session session, Chore chore, Leadership lead, UpkeepOptions options, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        ChoreResult End(ChoreOutcome outcome, string message) => new(chore, outcome, message, options.Time.GetElapsedTime(began));
        using var limit = new CancellationTokenSource(chore.Limit ?? Timeout.InfiniteTimeSpan, options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        // Asked before each act: between two chores the session may have ended and another have taken over.
        if (!await lead.HoldsAsync(token))
            return End(ChoreOutcome.Failed, Lost);
        try
        {
            var run = chore.Run(session, stop.Token);
            while (await Task.WhenAny(run, Task.Delay(options.Look, options.Time, stop.Token)) != run && !stop.IsCancellationRequested)
            {
                if (!await lead.HoldsAsync(CancellationToken.None))
                    await stop.CancelAsync();
            }
            return End(ChoreOutcome.Done, (await run).Message);
        }
        catch (Exception failed) when (!token.IsCancellationRequested)
        {
            // Whatever it is: the others are still to be done, and it is told.
            return End(ChoreOutcome.Failed, limit.IsCancellationRequested ? chore.TooLong
                : stop.IsCancellationRequested ? Lost : PgErrors.Tell(failed));
        }
    }

    const string Lost = "the session that held the lead ended, so another may be at work; run again";
}
