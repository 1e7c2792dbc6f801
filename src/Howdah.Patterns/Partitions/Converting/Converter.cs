using System.Globalization;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>Takes a conversion from the step that it is at to the next, until it is through. Cut off anywhere, it goes on from there.
/// </summary>
/// <param name="home">The database.</param>
/// <param name="wish">What is declared.</param>
/// <param name="options">How.</param>
sealed class Converter(Home home, PartitionWish wish, ConvertOptions options)
{
    // So few keys are brought up within milliseconds, while the table is locked.
    const int FewLeft = 300;

    internal async Task<Conversion> GoAsync(Conversion work, CancellationToken token)
    {
        var gate = new BriefLock(home, options, what => Tell(work.Step, what));
        while (work.Step != ConversionStep.Kept)
        {
            options.Fault?.Invoke(work.Step.Word());
            work = work.Step switch
            {
                ConversionStep.Building => await BuildAsync(work, gate, token),
                ConversionStep.Copying => await CopyAsync(work, token),
                ConversionStep.Indexing => await IndexAsync(work, token),
                ConversionStep.Following => await FollowAsync(work, gate, token),
                ConversionStep.Switched => await SettleAsync(work, token),
                var other => throw new ConvertException($"the conversion of {work.Old.QName.Plain} is past that ({other.Word()}): "
                    + "--resume ends it"),
            };
        }
        return work;
    }

    async Task<Conversion> BuildAsync(Conversion work, BriefLock gate, CancellationToken token)
    {
        Tell(work.Step, "making the new table and its partitions");
        await using (var transaction = await home.Main.BeginTransactionAsync(token))
        {
            await new NewTable(work, wish).MakeAsync(home.Main, token);
            await transaction.CommitAsync(token);
        }
        options.Fault?.Invoke("built");
        // All of the end, on the empty table, and undone: what cannot be carried over shows now and not after hours of copying.
        Tell(work.Step, "trying the switch, and undoing it");
        await gate.RunAsync(work, work.Old.QName, exclusive: true, connection => new NewTable(work, wish).IndexAsync(connection, token),
            async connection =>
            {
                await SameAsync(connection, work, token);
                await new Switch(work).ForwardAsync(connection, token);
                await new Switch(work).BackAsync(connection, token);
                return false;
            }, token);
        options.Fault?.Invoke("rehearsed");
        await gate.RunAsync(work, work.Old.QName, exclusive: false, null, async connection =>
        {
            await SameAsync(connection, work, token);
            await Capture.BeginAsync(connection, work, work.Old.QName, work.Changes, token);
            var (blocks, file) = (await connection.ListAsync(Sql.Of($"""
                update howdah.conversion set step = {new Literal(ConversionStep.Copying.Word())},
                  blocks = pg_catalog.pg_relation_size({work.Old.Oid}::oid) / pg_catalog.current_setting('block_size')::int,
                  filenode = pg_catalog.pg_relation_filenode({work.Old.Oid}::oid)
                where id = {work.Id} returning blocks, filenode
                """), static row => (row.GetInt64(0), row.GetFieldValue<uint>(1)), token)).Single();
            work = work with { Step = ConversionStep.Copying, Blocks = blocks, File = file };
            return true;
        }, token);
        return work;
    }

    async Task<Conversion> CopyAsync(Conversion work, CancellationToken token)
    {
        using var copy = new Copy(home, work, wish, options);
        await copy.RunAsync(token);
        return await work.StepAsync(home.Main, ConversionStep.Indexing, token);
    }

    async Task<Conversion> IndexAsync(Conversion work, CancellationToken token)
    {
        var parts = new Queue<Part>(await Parts.OfAsync(home.Main, work.New, token));
        var (all, done, gate) = (parts.Count, 0, new Lock());
        var table = new NewTable(work, wish);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, options.Streams)).Select(async _ =>
        {
            try
            {
                await using var connection = await home.WorkerAsync(stop.Token);
                while (true)
                {
                    Part? part;
                    lock (gate)
                        if (!parts.TryDequeue(out part))
                            return;
                    await table.IndexAsync(connection, part, stop.Token);
                    var built = Interlocked.Increment(ref done);
                    options.Progress?.Report(new(work.Step.Word(), part.Name.Plain, Done: (double)built / all));
                    options.Fault?.Invoke("partition indexed");
                }
            }
            catch
            {
                // The others end, too; the exception goes on.
                await stop.CancelAsync();
                throw;
            }
        }));
        await using var transaction = await home.Main.BeginTransactionAsync(token);
        await table.IndexAsync(home.Main, token);
        work = await work.StepAsync(home.Main, ConversionStep.Following, token);
        await transaction.CommitAsync(token);
        return work;
    }

    async Task<Conversion> FollowAsync(Conversion work, BriefLock gate, CancellationToken token)
    {
        var mirror = Forward(work);
        var changes = await CatchUpAsync(work, mirror, work.New, token);
        options.Fault?.Invoke("caught up");
        await home.Main.ExecuteAsync(Sql.Of($"analyze {work.New}"), token);
        Tell(work.Step, "comparing all rows with their copies");
        await using (var other = await home.WorkerAsync(token))
        {
            var compared = await mirror.CompareAsync(home.Main, other, await Parts.LeavesAsync(home.Main, work.New, token), token);
            Tell(work.Step, string.Create(CultureInfo.InvariantCulture,
                $"{compared:N0} rows are the same; {changes:N0} changes were followed"), compared);
        }
        options.Fault?.Invoke("compared");
        // Hours may have passed, and numbers gone on: who writes after the switch finds as many partitions ahead as are declared.
        await using (var making = await home.Main.BeginTransactionAsync(token))
        {
            await Parts.MakeAsync(home.Main, work.Old, wish, work.New, work.Old.QName, token);
            await making.CommitAsync(token);
        }
        while (true)
        {
            await CatchUpAsync(work, mirror, work.New, token);
            var through = false;
            try
            {
                await gate.RunAsync(work, work.Old.QName, exclusive: true, null, async connection =>
                {
                    if (await connection.OneAsync<long>(Sql.Of($"select pg_catalog.count(*) from {work.Changes}"), token) > 10 * FewLeft)
                        return false; // somebody has just written very much: not while all wait
                    await SameAsync(connection, work, token);
                    await mirror.CatchUpAsync(connection, token);
                    await new Switch(work).ForwardAsync(connection, token);
                    options.Fault?.Invoke("before the switch");
                    await work.StepAsync(connection, ConversionStep.Switched, token);
                    return through = true;
                }, token);
            }
            catch (PostgresException e) when (IsHomeless(e))
            {
                continue; // a row that has no partition yet came just then: the pass before the next lock gives it one, or says why not
            }
            if (through)
                return work with { Step = ConversionStep.Switched };
        }
    }

    // Until little is left. What is caught while that is done comes in the next pass, or under the lock.
    async Task<long> CatchUpAsync(Conversion work, Mirror mirror, QName target, CancellationToken token)
    {
        var total = 0L;
        for (var made = false; ;)
        {
            await home.Main.ExecuteAsync(Sql.Of($"analyze {mirror.Changes}"), token);
            var pass = 0L;
            await using (var transaction = await home.Main.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token))
            {
                try
                {
                    pass = await mirror.CatchUpAsync(home.Main, token);
                    options.Fault?.Invoke("pass before commit");
                    await transaction.CommitAsync(token);
                }
                catch (PostgresException e) when (!made && target == work.New && IsHomeless(e))
                {
                    await transaction.RollbackAsync(token);
                    await using var making = await home.Main.BeginTransactionAsync(token);
                    await Parts.MakeAsync(home.Main, work.Old, wish, target, work.Old.QName, token);
                    await making.CommitAsync(token);
                    made = true;
                    continue;
                }
            }
            total += pass;
            made = false;
            if (pass > 0)
                Tell(work.Step, string.Create(CultureInfo.InvariantCulture, $"{pass:N0} changes followed"));
            // What was taken stays in the pages until a vacuum, and the pass under the lock would read them all.
            await home.Main.ExecuteAsync(Sql.Of($"vacuum {mirror.Changes}"), token);
            if (pass <= FewLeft)
                return total;
        }
    }

    /// <summary>Whether the server found no partition for a row.</summary>
    internal static bool IsHomeless(PostgresException e) => e.SqlState == PostgresErrorCodes.CheckViolation && e.ConstraintName is null;

    async Task<Conversion> SettleAsync(Conversion work, CancellationToken token)
    {
        var turn = new Switch(work);
        if (work.Old.Of("foreign key").Any())
        {
            Tell(work.Step, "checking foreign keys");
            foreach (var part in await Parts.OfAsync(home.Main, work.Old.QName, token))
                await turn.CheckKeysAsync(home.Main, part.Name, token);
            options.Fault?.Invoke("keys checked");
            await new BriefLock(home, options, what => Tell(work.Step, what)).RunAsync(work, work.Old.QName, exclusive: false, null,
                async connection =>
                {
                    await turn.LiftKeysAsync(connection, token);
                    return true;
                }, token);
        }
        return await work.StepAsync(home.Main, ConversionStep.Kept, token);
    }

    /// <summary>Gives a conversion up that has not switched: nothing of it is left.</summary>
    internal async Task AbortAsync(Conversion work, CancellationToken token)
    {
        work = await work.StepAsync(home.Main, ConversionStep.Aborting, token);
        options.Fault?.Invoke("aborting");
        await new BriefLock(home, options, what => Tell(work.Step, what)).RunAsync(work, work.Old.QName, exclusive: false, null,
            async connection =>
            {
                await Capture.EndAsync(connection, work, work.Old.QName, work.Changes, token);
                return true;
            }, token);
        options.Fault?.Invoke("no longer caught");
        await CleanAsync(work, work.New, "aborted", token);
    }

    /// <summary>Goes back to the table as it was, with what was written since.</summary>
    internal async Task UndoAsync(Conversion work, CancellationToken token)
    {
        if (work.Step == ConversionStep.Kept)
        {
            Tell(work.Step, "bringing the table as it was up to what was written since");
            var mirror = Backward(work);
            await CatchUpAsync(work, mirror, work.Parked, token);
            await new BriefLock(home, options, what => Tell(work.Step, what)).RunAsync(work, work.Old.QName, exclusive: true, null,
                async connection =>
                {
                    await mirror.CatchUpAsync(connection, token);
                    await new Switch(work).BackAsync(connection, token);
                    options.Fault?.Invoke("before going back");
                    await work.StepAsync(connection, ConversionStep.Undone, token);
                    return true;
                }, token);
        }
        options.Fault?.Invoke("back");
        await new Switch(work).CheckKeysAsync(home.Main, work.Old.QName, token);
        await CleanAsync(work, work.New, "undone", token);
    }

    /// <summary>Drops the table as it was.</summary>
    internal async Task FinishAsync(Conversion work, CancellationToken token)
    {
        work = await work.StepAsync(home.Main, ConversionStep.Dropping, token);
        options.Fault?.Invoke("dropping");
        await new BriefLock(home, options, what => Tell(work.Step, what)).RunAsync(work, work.Old.QName, exclusive: false, null,
            async connection =>
            {
                await Capture.EndAsync(connection, work, work.Old.QName, work.ChangesBack, token);
                return true;
            }, token);
        options.Fault?.Invoke("no longer caught");
        await CleanAsync(work, work.Parked, "finished", token);
    }

    async Task CleanAsync(Conversion work, QName table, string outcome, CancellationToken token)
    {
        await using var transaction = await home.Main.BeginTransactionAsync(token);
        await NewTable.DropAsync(home.Main, table, token);
        await NewTable.DropAsync(home.Main, work.Changes, token);
        await NewTable.DropAsync(home.Main, work.ChangesBack, token);
        await work.FinishAsync(home.Main, outcome, token);
        await transaction.CommitAsync(token);
        options.Fault?.Invoke("cleaned");
    }

    static Mirror Forward(Conversion work) => new(work.Old.QName, work.Old.Key, work.New, work.Old.NewKey, work.Changes, work.Old);

    static Mirror Backward(Conversion work) => new(work.Old.QName, work.Old.NewKey, work.Parked, work.Old.Key, work.ChangesBack, work.Old);

    static async Task SameAsync(NpgsqlConnection connection, Conversion work, CancellationToken token)
    {
        if (await OldTable.ReadAsync(connection, work.Old.QName, work.Old.By, work.Old.Kind, problems: false, token) is not var (now, _)
            || now.Fingerprint != work.Old.Fingerprint)
            throw new ConvertException($"{work.Old.QName.Plain}, or what hangs on it, was changed by others since the conversion began "
                + "(a column, an index, a privilege, a view …): give up with --abort, and begin again");
    }

    void Tell(ConversionStep step, string message, long rows = 0) => options.Progress?.Report(new(step.Word(), message, rows));
}
