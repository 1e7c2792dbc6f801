using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Upkeep;

namespace Howdah.Gateway.Upkeep;

/// <summary>One chore, again and again, as long as this instance leads.</summary>
/// <param name="session">The estate.</param>
/// <param name="chore">The chore.</param>
/// <param name="state">What is known of it, which outlives the loop.</param>
/// <param name="lanes">How many run at once on its server.</param>
/// <param name="options">The gateway's.</param>
/// <param name="log">Told what happens.</param>
sealed class ChoreLoop(Session session, Chore chore, ChoreState state, Lanes lanes, GatewayOptions options, Log log)
{
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
            var due = First();
            while (true)
            {
                state.Due(due);
                if (due - options.Time.GetUtcNow() is { Ticks: > 0 } left)
                    await Task.Delay(left, options.Time, ease);
                using var lane = await lanes.EnterAsync(chore.Database, chore.Kind, ease);
                // Who waited for a lane until all was stopped begins nothing.
                ease.ThrowIfCancellationRequested();
                due = await ActAsync(abort);
            }
        }
        catch (OperationCanceledException) when (ease.IsCancellationRequested || abort.IsCancellationRequested)
        {
            // That is how a loop ends.
        }
        finally
        {
            state.Due(null);
        }
    }

    // A new leader begins soon: nobody knows what the former one left. After a reload the interval goes on.
    DateTimeOffset First()
    {
        var now = options.Time.GetUtcNow();
        var soon = now + Rhythm.First(chore.Every, options.Random());
        return state.Seen is { LastBegun: { } last, Failures: 0 } && last + chore.Every > soon ? last + chore.Every : soon;
    }

    async Task<DateTimeOffset> ActAsync(CancellationToken abort)
    {
        var begin = options.Time.GetUtcNow();
        var clock = options.Time.GetTimestamp();
        state.Begin(begin);
        try
        {
            var done = await chore.Run(session, abort);
            var took = options.Time.GetElapsedTime(clock);
            state.Done(done, options.Time.GetUtcNow(), took);
            log.Tell(GatewayLevel.Info, "chore done", done.Message, chore, took);
            return begin + Rhythm.Next(chore.Every, options.Random());
        }
        catch (Exception failed) when (!abort.IsCancellationRequested)
        {
            // Whatever it is: the others are still to be done, and it is told and tried again.
            var took = options.Time.GetElapsedTime(clock);
            state.Failed(took);
            var wait = Rhythm.Backoff(state.Seen.Failures, options.Random());
            log.Tell(GatewayLevel.Error, "chore failed", $"{PgErrors.Tell(failed)}; tried again in {wait.TotalSeconds:0} s", chore, took);
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
    }
}
