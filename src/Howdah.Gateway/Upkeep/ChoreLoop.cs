using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Upkeep;

namespace Howdah.Gateway.Upkeep;

/// <summary>One chore, again and again, as long as this instance leads.</summary>
/// <param name="session">The estate.</param>
/// <param name="chore">The chore.</param>
/// <param name="gateway">What is known of it, which outlives the loop, and of others.</param>
/// <param name="lanes">How many run at once on its server.</param>
/// <param name="options">The gateway's.</param>
/// <param name="log">Told what happens.</param>
sealed class ChoreLoop(Session session, Chore chore, GatewayState gateway, Lanes lanes, GatewayOptions options, Log log)
{
    // How long a time of the clock on the wall is waited for without looking at it: it may be set.
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(30);

    readonly ChoreState state = gateway.StateOf(chore);

    /// <summary>Does the chore whenever it is due.</summary>
    /// <param name="before">The loop of the same chore under an estate file of before; it ends its work first.</param>
    /// <param name="ease">Ends the loop, once the work in hand is done.</param>
    /// <param name="abort">Calls the work in hand off.</param>
    internal async Task RunAsync(Task before, CancellationToken ease, CancellationToken abort)
    {
        try
        {
            await before.WaitAsync(ease);
            state.Renew(chore);
            if (chore.Timetable is { } table)
                await ByTimesAsync(table, ease, abort);
            else
                await AtIntervalsAsync(ease, abort);
        }
        catch (OperationCanceledException) when (ease.IsCancellationRequested || abort.IsCancellationRequested)
        {
            // That is how a loop ends.
        }
        finally
        {
            state.Idle();
        }
    }

    async Task AtIntervalsAsync(CancellationToken ease, CancellationToken abort)
    {
        for (var due = First(); ; due = await ActAsync(ease, abort))
        {
            state.Due(due);
            // In pieces: no timer is set for more than some seven weeks.
            while (due - options.Time.GetUtcNow() is { Ticks: > 0 } left)
                await Task.Delay(Rhythm.Wait(left), options.Time, ease);
        }
    }

    // A new leader begins soon: nobody knows what the former one left. After a reload the interval goes on.
    DateTimeOffset First()
    {
        var soon = options.Time.GetUtcNow() + Rhythm.First(chore.Every, options.Random());
        return state.Seen is { LastBegun: { } last, Failures: 0 } && last + chore.Every > soon ? last + chore.Every : soon;
    }

    async Task ByTimesAsync(Timetable table, CancellationToken ease, CancellationToken abort)
    {
        await RecallAsync(table, ease);
        while (true)
        {
            // Taken before anything is looked at: what changes from here on is not missed.
            var changed = gateway.Bell.Next;
            var all = gateway.Timed;
            var now = options.Time.GetUtcNow();
            var due = Turns.Due(state.Seen, all);
            state.Due(due);
            if (due <= now && Turns.Awaits(state.Seen, all) is null)
            {
                await ActAsync(ease, abort);
                continue;
            }
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ease);
            var left = due - now is { Ticks: > 0 } span && span < Glance ? span : Glance;
            await Task.WhenAny(Task.Delay(left, options.Time, end.Token), changed);
            await end.CancelAsync();
            ease.ThrowIfCancellationRequested();
        }
    }

    async Task RecallAsync(Timetable table, CancellationToken ease)
    {
        while (true)
        {
            try
            {
                var now = options.Time.GetUtcNow();
                var missed = state.Recall(await table.Recall(session, now, ease), now);
                if (missed > 0)
                    log.Tell(GatewayLevel.Info, "times left out", $"{missed} at which nobody served, as `missed: skip` says", chore,
                        TimeSpan.Zero);
                gateway.Bell.Ring();
                return;
            }
            catch (Exception failed) when (!ease.IsCancellationRequested)
            {
                // Whatever it is: without its memory it is not known what was missed.
                await Task.Delay(Fail(PgErrors.Tell(failed), TimeSpan.Zero, false), options.Time, ease);
            }
        }
    }

    /// <summary>Does it once.</summary>
    /// <returns>When it is due again.</returns>
    async Task<DateTimeOffset> ActAsync(CancellationToken ease, CancellationToken abort)
    {
        using var lane = await lanes.EnterAsync(chore.Database, chore.Kind, ease);
        // Who waited for a lane until all was stopped begins nothing.
        ease.ThrowIfCancellationRequested();
        var begin = options.Time.GetUtcNow();
        var clock = options.Time.GetTimestamp();
        state.Begin(begin);
        using var limit = new CancellationTokenSource(chore.Limit ?? Timeout.InfiniteTimeSpan, options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abort, limit.Token);
        try
        {
            var done = await chore.Run(session, stop.Token);
            if (chore.Timetable is { } table)
                await table.Remember(session, new(begin, options.Time.GetUtcNow(), true, done.Message), abort);
            var took = options.Time.GetElapsedTime(clock);
            state.Done(done, options.Time.GetUtcNow(), took);
            log.Tell(GatewayLevel.Info, "chore done", done.Message, chore, took);
            return begin + Rhythm.Next(chore.Every, options.Random());
        }
        catch (Exception failed) when (!abort.IsCancellationRequested)
        {
            // Whatever it is: the others are still to be done, and it is told and tried again.
            var tooLong = limit.IsCancellationRequested;
            var why = tooLong ? chore.TooLong : PgErrors.Tell(failed);
            var wait = Fail(why, options.Time.GetElapsedTime(clock), tooLong);
            await NoteAsync(begin, why, abort);
            return options.Time.GetUtcNow() + wait;
        }
        catch (Exception called)
        {
            // Called off: what came of that is not the chore's failure.
            state.CalledOff();
            log.Tell(GatewayLevel.Warning, "chore called off", "rolled back what it had not finished", chore,
                options.Time.GetElapsedTime(clock));
            throw new OperationCanceledException("called off", called, abort);
        }
        finally
        {
            gateway.Bell.Ring();
        }
    }

    TimeSpan Fail(string why, TimeSpan took, bool tooLong)
    {
        var wait = Rhythm.Backoff(state.Seen.Failures + 1, options.Random());
        state.Failed(took, options.Time.GetUtcNow() + wait, tooLong);
        log.Tell(GatewayLevel.Error, tooLong ? "chore timed out" : "chore failed", $"{why}; tried again in {wait.TotalSeconds:0} s", chore,
            took);
        return wait;
    }

    // That it failed is told already; that it cannot be kept, as the server is away most likely, changes nothing.
    async Task NoteAsync(DateTimeOffset begin, string message, CancellationToken abort)
    {
        if (chore.Timetable is not { } table)
            return;
        try
        {
            await table.Remember(session, new(begin, options.Time.GetUtcNow(), false, message), abort);
        }
        catch (Exception unkept) when (unkept is Npgsql.NpgsqlException or InvalidOperationException || PgErrors.IsLost(unkept))
        {
            log.Tell(GatewayLevel.Warning, "not kept", PgErrors.Tell(unkept), chore.Server);
        }
    }
}
