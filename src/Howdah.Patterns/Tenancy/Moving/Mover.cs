using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// One tenant's move, from whatever step it is at to its end. Every step is written down before it is done and can be done again, so
/// whoever
/// comes after a crash goes on, or takes all of it back.
/// </summary>
/// <param name="session">The estate.</param>
/// <param name="spec">The tenancy.</param>
/// <param name="tenant">The tenant, as it was found.</param>
/// <param name="options">How.</param>
sealed class Mover(Session session, TenancySpec spec, Tenant tenant, MoveOptions options)
{
    long rows;
    long changes;
    TimeSpan? pause;
    bool compared;
    bool verified;

    internal async Task<MoveResult> GoAsync(MoveWork work, CancellationToken token)
    {
        if (work.Step == MoveStep.Aborting)
            return await AbortAsync(work, token);
        if (work.Step == MoveStep.Placing)
            work = await PlaceAsync(work, token);
        if (work.Step is MoveStep.Copying or MoveStep.Following or MoveStep.Fenced)
            work = await CarryAsync(work, token);
        await CleanAsync(work, token);
        return Result("moved", work);
    }

    internal async Task<MoveResult> AbortAsync(MoveWork work, CancellationToken token)
    {
        if (!work.Step.CanAbort())
            throw new MoveException($"{tenant.Name} is served in its new place already, so there is nothing to give up: finish with "
                + $"howdah tenant move {tenant.Name} --resume; to bring it back, move it back");
        var places = new Places(session, spec, tenant);
        if (work.Step == MoveStep.Fenced)
        {
            await places.DoorsOf(work.From).OpenAsync(token);
            await using var crossing = await CrossingAsync(token);
            work = await crossing.LiftAsync(work, MoveStep.Aborting, token);
        }
        else
        {
            work = await StepAsync(work, MoveStep.Aborting, token);
        }
        options.Fault?.Invoke("aborting");
        Tell("aborting", "taking back what was made");
        var transfer = await TransferAsync(work, asAtHome: true, token);
        await transfer.Slot.DropAsync(options.Time, token);
        options.Fault?.Invoke("slot dropped");
        await RemoveAsync(work.To, transfer.Position, transfer.Target, transfer.Tables, static table => table.Target, places, token);
        options.Fault?.Invoke("target cleared");
        await FinishAsync(work, "aborted", token);
        return Result("aborted", work);
    }

    // The checks come before anything is made: a publication on a table whose key lacks the tenant would fail other tenants' updates.
    async Task<MoveWork> PlaceAsync(MoveWork work, CancellationToken token)
    {
        Tell("placing", $"to {Side.PlaceOf(work.To)}");
        options.Fault?.Invoke("placing");
        await new Places(session, spec, tenant).MakeAsync(work.To, token);
        options.Fault?.Invoke("placed");
        return await StepAsync(work, MoveStep.Copying, token);
    }

    async Task<MoveWork> CarryAsync(MoveWork work, CancellationToken token)
    {
        var transfer = await TransferAsync(work, asAtHome: false, token);
        if (work.Step == MoveStep.Copying)
        {
            options.Fault?.Invoke("copying");
            rows = await transfer.CopyAsync((table, count) =>
            {
                Tell("copying", $"{table.Home.Plain}: {count} rows", Interlocked.Add(ref rows, count));
                options.Fault?.Invoke($"copied {table.Home.Plain}");
            }, options.Fault, token);
            work = await StepAsync(work, MoveStep.Following, token);
            options.Fault?.Invoke("following");
        }
        else
        {
            transfer.Touched.Lose(); // an earlier run saw changes that this one does not know of
        }
        await using var follower = new Follower(transfer, token);
        await CatchUpAsync(follower, token);
        options.Fault?.Invoke("caught up");
        await using var comparison = await Comparison.PrepareAsync(transfer, token);
        await using var crossing = await CrossingAsync(token);
        await crossing.KeepMigrationsOutAsync(session.Estate.Name, options, token);
        await transfer.SameStructureAsync(token);
        await using (var cut = new Cut(transfer, crossing, new Places(session, spec, tenant).DoorsOf(work.From), options))
        {
            work = await cut.RunAsync(work, follower, comparison, token);
            pause = cut.Pause;
        }
        changes = transfer.Applied;
        Tell("switched", $"served in {Side.PlaceOf(work.To)}; it waited {pause?.TotalMilliseconds:0} ms", rows, changes);
        await CompareAsync(work, comparison, token);
        return work;
    }

    // The tenant is served already, so this may take its time; the old place stays shut and whole until it is through.
    async Task CompareAsync(MoveWork work, Comparison comparison, CancellationToken token)
    {
        Tell("comparing", "the whole, as it was at the switch");
        try
        {
            await comparison.WholeAsync(token);
            compared = verified = true;
        }
        catch (MoveException differs)
        {
            throw new MoveException($"{differs.Message}. {tenant.Name} is served in {Side.PlaceOf(work.To)}, its old rows are kept, shut, "
                + $"in {Side.PlaceOf(work.From)}: compare them before anything else; howdah tenant move {tenant.Name} --resume deletes the "
                + "old ones");
        }
    }

    async Task CatchUpAsync(Follower follower, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        Tell("following", "catching up with what was written since", rows);
        while (true)
        {
            var asked = options.Time.GetTimestamp();
            await follower.PassAsync(token);
            if (options.Time.GetElapsedTime(asked) < TimeSpan.FromMilliseconds(300))
                return;
            if (options.Time.GetElapsedTime(began) > options.CatchUpPatience)
                throw new MoveException($"the copy does not catch up with what is written to {tenant.Name}: "
                    + "run --resume when less is written, or --abort");
        }
    }

    async Task CleanAsync(MoveWork work, CancellationToken token)
    {
        options.Fault?.Invoke("cleaning");
        Tell("cleaning", "removing the old place"
            + (compared ? "" : " (the whole was not compared again: the run that switched was cut off)"));
        var places = new Places(session, spec, tenant);
        var transfer = await TransferAsync(work, asAtHome: true, token);
        if (await places.IsThereAsync(work.From, token))
            await transfer.Slot.DropAsync(options.Time, token);
        options.Fault?.Invoke("slot dropped");
        await transfer.Position.RemoveAsync(transfer.Target, token);
        options.Fault?.Invoke("position removed");
        await RemoveAsync(work.From, null, transfer.Source, transfer.Tables, static table => table.Source, places, token);
        options.Fault?.Invoke("source removed");
        await FinishAsync(work, "moved", token);
    }

    static async Task RemoveAsync(Placement place, Position? position, Side side, IReadOnlyList<MovedTable> tables,
        Func<MovedTable, QName> name, Places places, CancellationToken token)
    {
        if (position is not null && await places.IsThereAsync(place, token))
            await position.RemoveAsync(side, token);
        if (place.Model == TenancyModel.Rows)
            await BulkCopy.ClearAsync(side, tables, name, token);
        await places.DropAsync(place, token);
    }

    // To clean up, the tables at home say what there is to clean: they are always there, a place may be half gone.
    async Task<Transfer> TransferAsync(MoveWork work, bool asAtHome, CancellationToken token)
    {
        var source = SideOf(work.From);
        await using var home = await OpenHomeAsync(token);
        var order = await Ground.InOrderAsync(spec, home, token);
        IReadOnlyList<(QName, QName, QName)> names =
            [.. order.Select(table => (table, Ground.Table(work.From, table), Ground.Table(work.To, table)))];
        await using var from = asAtHome ? await OpenHomeAsync(token) : await source.OpenAdminAsync(token);
        var tables = await Moving.Tables.ReadAsync(from, spec.Wanted.Column, names, asAtHome, token);
        return new(work.Id, source, SideOf(work.To), tables, options.Time, what => Tell("following", what))
        {
            Parallel = options.Parallel,
        };
    }

    internal async Task<IReadOnlyList<string>> ProblemsAsync(MoveWork work, CancellationToken token)
    {
        var transfer = await TransferAsync(work, asAtHome: false, token);
        await using var server = await session.Servers[work.To.Server].OpenPlainAsync(null, token);
        return await transfer.ProblemsAsync(server, token);
    }

    Side SideOf(Placement place) => Side.Of(session, spec, tenant.Id, place);

    Task<NpgsqlConnection> OpenHomeAsync(CancellationToken token) => session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);

    async Task<Crossing> CrossingAsync(CancellationToken token) => new(await OpenHomeAsync(token), spec, OpenHomeAsync);

    async Task<MoveWork> StepAsync(MoveWork work, MoveStep next, CancellationToken token)
    {
        await using var home = await OpenHomeAsync(token);
        return await work.StepAsync(home, next, token);
    }

    async Task FinishAsync(MoveWork work, string outcome, CancellationToken token)
    {
        await using var home = await OpenHomeAsync(token);
        await using var transaction = await home.BeginTransactionAsync(token);
        await work.NoteAsync(home, outcome, token);
        await work.FinishAsync(home, outcome, token);
        await transaction.CommitAsync(token);
        options.Fault?.Invoke("finished");
    }

    void Tell(string step, string message, long copied = 0, long applied = 0) =>
        options.Progress?.Report(new(step, message, copied, applied));

    MoveResult Result(string outcome, MoveWork work) => new(tenant.Name, tenant.Id, outcome, work.From, work.To, rows, changes, pause,
        verified);
}
