using System.Threading.Channels;
using Howdah.Engine.Applying;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// Keeps the target up with the source: reads the slot, applies, confirms. Where a connection is lost, at either end, it begins again from
/// what the target has written down.
/// </summary>
sealed class Follower : IAsyncDisposable
{
    static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    readonly Transfer transfer;
    readonly Markers markers = new();
    readonly CancellationTokenSource stop;
    readonly Task work;
    NpgsqlConnection? marking;
    long marks;

    internal Follower(Transfer transfer, CancellationToken token)
    {
        this.transfer = transfer;
        stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        work = Task.Run(() => RunAsync(stop.Token), CancellationToken.None);
    }

    /// <summary>Ends when everything committed at the source before this call is safe at the target.</summary>
    internal async Task PassAsync(CancellationToken token)
    {
        while (true)
        {
            var marker = $"{transfer.Work:n}/{Environment.ProcessId}/{++marks}";
            try
            {
                marking ??= await transfer.Source.OpenAdminAsync(token);
                await SourceSlot.MarkAsync(marking, marker, token);
            }
            catch (Exception lost) when (PgErrors.IsLost(lost) && !work.IsCompleted)
            {
                await DropMarkingAsync();
                await Task.Delay(Pause, transfer.Time, token);
                continue;
            }
            var passed = markers.WaitAsync(marker);
            // A marker that came in just before a connection broke is not told again: another one is.
            var patience = Task.Delay(TimeSpan.FromSeconds(10), transfer.Time, token);
            if (await Task.WhenAny(passed, work, patience) == passed)
                return;
            if (work.IsCompleted)
                await work;
            token.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // asked for
        }
        catch (MoveException)
        {
            // told to whoever waited
        }
        await DropMarkingAsync();
        stop.Dispose();
    }

    async Task DropMarkingAsync()
    {
        if (marking is { } connection)
            await connection.DisposeAsync();
        marking = null;
    }

    async Task RunAsync(CancellationToken token)
    {
        var began = transfer.Time.GetTimestamp();
        while (true)
            try
            {
                await OnceAsync(() => began = transfer.Time.GetTimestamp(), token);
            }
            catch (Exception lost) when (Passing(lost) && transfer.Time.GetElapsedTime(began) < transfer.Patience)
            {
                token.ThrowIfCancellationRequested();
                transfer.Tell($"following is interrupted ({PgErrors.Tell(lost)}); it goes on from what the target has");
                await Task.Delay(Pause, transfer.Time, token);
            }
    }

    // The slot may still be held by what is left of a reader that was cut off.
    static bool Passing(Exception e) => PgErrors.IsLost(e)
        || e is PostgresException { SqlState: PostgresErrorCodes.ObjectInUse } || e is EndOfStreamException;

    async Task OnceAsync(Action lives, CancellationToken token)
    {
        await using var target = await transfer.Target.OpenAsync(replay: true, token);
        var from = await transfer.Position.ReadAsync(target, token)
            ?? throw new MoveException(
                "the copy is not complete, so nothing can be applied to it: abort the move (--abort) and begin again");
        var channel = Channel.CreateBounded<Change>(new BoundedChannelOptions(2_000) { SingleReader = true, SingleWriter = true });
        await using var stream = new ChangeStream(transfer.Source, transfer.SlotName);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token);
        var landing = new Landing(target, transfer.ChangeSql, transfer.Position, transfer.Touched, markers);
        var reading = Task.Run(() => stream.ReadAsync(from, channel.Writer, either.Token), CancellationToken.None);
        var applying = Task.Run(() => landing.RunAsync(from, channel.Reader, at =>
        {
            stream.Confirm(at);
            lives();
            transfer.Applied = landing.Applied;
        }, either.Token), CancellationToken.None);
        var idling = Task.Run(() => IdleAsync(stream, landing, either.Token), CancellationToken.None);
        var first = await Task.WhenAny(reading, applying);
        await either.CancelAsync();
        // What ended first says why; the other one was only asked to end.
        await Task.WhenAll(reading, applying, idling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        token.ThrowIfCancellationRequested();
        await first;
        throw new EndOfStreamException("the source ended the stream");
    }

    // What others write passes by unseen. Where nothing of ours is under way, it is behind us too: else the source would keep its log for
    // it, and could not even shut down. The place is read first: what comes in between is counted.
    async Task IdleAsync(ChangeStream stream, Landing landing, CancellationToken token)
    {
        while (true)
        {
            await Task.Delay(Idle, transfer.Time, token);
            var read = stream.Received;
            if (stream.Handed == landing.Done && read > landing.At)
                stream.Confirm(read);
        }
    }
}
