using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// The only moment at which the tenant waits: refuse it, wait for who was writing, apply what they wrote, compare, say where it is served
/// now. What does not go through in time is taken back.
/// </summary>
/// <param name="transfer">The rows' way.</param>
/// <param name="crossing">The registry.</param>
/// <param name="doors">The doors of the tenant's place at the source; for rows the fence is the door.</param>
/// <param name="options">How.</param>
sealed class Cut(Transfer transfer, Crossing crossing, Doors doors, MoveOptions options) : IAsyncDisposable
{
    const int Tries = 5;

    NpgsqlConnection? watching;

    /// <summary>How long the tenant was refused.</summary>
    internal TimeSpan? Pause { get; private set; }

    /// <summary>Switches.</summary>
    /// <param name="work">The move, following or fenced.</param>
    /// <param name="follower">Keeps the target up.</param>
    /// <param name="comparison">Ready to compare.</param>
    /// <param name="token">Cancels; after the switch nothing is left to cancel.</param>
    internal async Task<MoveWork> RunAsync(MoveWork work, Follower follower, Comparison comparison, CancellationToken token)
    {
        watching = await transfer.Source.OpenAdminAsync(token);
        var drain = new Drain(watching, [.. transfer.Tables.Select(static table => table.Source)], options.Time);
        await using var sequences = await SequenceCarrier.PrepareAsync(transfer, token);
        for (var attempt = 1; ; attempt++)
        {
            if (work.Step != MoveStep.Fenced)
            {
                await drain.CalmAsync(options.FencePatience, token);
                await follower.PassAsync(token);
            }
            var began = options.Time.GetTimestamp();
            options.Fault?.Invoke("before the fence");
            if (work.Step != MoveStep.Fenced)
                work = await crossing.FenceAsync(work, token);
            options.Fault?.Invoke("fenced");
            using var limit = new CancellationTokenSource(options.FencePatience, options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
            IReadOnlyList<Drain.Writer> writers = [];
            try
            {
                await doors.CloseAsync(either.Token);
                options.Fault?.Invoke("closed");
                writers = await drain.WaitAsync(options.FencePatience / 2, either.Token);
                if (writers.Count == 0)
                {
                    options.Fault?.Invoke("drained");
                    await follower.PassAsync(either.Token);
                    await Task.WhenAll(comparison.QuickAsync(either.Token), sequences.CarryAsync(either.Token));
                    await comparison.KeepAsync(either.Token);
                    options.Fault?.Invoke("before the switch");
                    work = await crossing.SwitchAsync(work, token);
                    Pause = options.Time.GetElapsedTime(began);
                    options.Fault?.Invoke("switched");
                    return work;
                }
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !token.IsCancellationRequested)
            {
                // Not in time: taken back below, like a writer that does not end.
            }
            catch (Exception e) when (e is not OperationCanceledException || token.IsCancellationRequested)
            {
                // The tenant must not wait for whoever reads the message; and whether a switch went through whose answer was lost, the
                // registry knows.
                if ((await SettleAsync(work)) is { Step: MoveStep.Switched } switched)
                {
                    Pause = options.Time.GetElapsedTime(began);
                    return switched;
                }
                throw;
            }
            work = await LiftAsync(work, token);
            var who = writers.Count > 0 ? $"still writing: {Drain.Tell(writers)}" : "the copy did not catch up";
            transfer.Tell($"not switched within {options.FencePatience.TotalSeconds:0.#} s ({who}); "
                + "the tenant is served again where it was");
            if (attempt == Tries)
                throw new MoveException(
                    $"the tenant could not be fenced within {options.FencePatience.TotalSeconds:0.#} s, {Tries} times ({who}); "
                    + "it is served where it was: end that writer and run howdah tenant move --resume");
        }
    }

    async Task<MoveWork> LiftAsync(MoveWork work, CancellationToken token)
    {
        await doors.OpenAsync(token);
        return await crossing.LiftAsync(work, MoveStep.Following, token);
    }

    async Task<MoveWork> SettleAsync(MoveWork work)
    {
        await using var fresh = await crossing.AnewAsync(CancellationToken.None);
        var now = await fresh.ReadAsync(work, CancellationToken.None);
        if (now.Step != MoveStep.Fenced)
            return now;
        await doors.OpenAsync(CancellationToken.None);
        return await fresh.LiftAsync(now, MoveStep.Following, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (watching is { } connection)
            await connection.DisposeAsync();
    }
}

/// <summary>The doors of a place of the tenant's own: shut and opened by privileges. Rows at home have none, the fence is enough.</summary>
/// <param name="Close">Shuts them.</param>
/// <param name="Open">Opens them.</param>
sealed record Doors(Func<CancellationToken, Task> Close, Func<CancellationToken, Task> Open)
{
    internal static Doors None { get; } = new(static _ => Task.CompletedTask, static _ => Task.CompletedTask);
    internal Task CloseAsync(CancellationToken token) => Close(token);
    internal Task OpenAsync(CancellationToken token) => Open(token);
}

/// <summary>Carries sequences over, with its connections and the catalogs' answers at hand before time counts.</summary>
sealed class SequenceCarrier : IAsyncDisposable
{
    readonly NpgsqlConnection from;
    readonly NpgsqlConnection to;
    readonly IReadOnlyList<Sequences.Fed> there;
    readonly IReadOnlyList<Sequences.Fed> here;

    SequenceCarrier(NpgsqlConnection from, NpgsqlConnection to, IReadOnlyList<Sequences.Fed> there, IReadOnlyList<Sequences.Fed> here)
    {
        this.from = from;
        this.to = to;
        this.there = there;
        this.here = here;
    }

    internal static async Task<SequenceCarrier> PrepareAsync(Transfer transfer, CancellationToken token)
    {
        var from = await transfer.Source.OpenAsync(replay: false, token);
        var to = await transfer.Target.OpenAsync(replay: false, token);
        return new(from, to, await Sequences.OfAsync(from, transfer.Tables.Select(static table => table.Source), token),
            await Sequences.OfAsync(to, transfer.Tables.Select(static table => table.Target), token));
    }

    internal Task CarryAsync(CancellationToken token) => Sequences.CarryAsync(from, to, there, here, token);

    public async ValueTask DisposeAsync()
    {
        await from.DisposeAsync();
        await to.DisposeAsync();
    }
}
