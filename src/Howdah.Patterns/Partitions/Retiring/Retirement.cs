using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>A retirement as it was noted before it began.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Leaf">The partition, as regclass writes it.</param>
/// <param name="Oid">The partition's oid: a table of the same name that came later is another.</param>
/// <param name="Low">Its lower bound; null for the beginning of time.</param>
/// <param name="High">Its upper bound.</param>
/// <param name="Goal">What becomes of it.</param>
sealed record OpenRetirement(long Id, string Leaf, long Oid, string? Low, string High, Goal Goal)
{
    internal static OpenRetirement Of(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), Enum.Parse<Goal>(row.GetString(5), ignoreCase: true));
}

/// <summary>A retirement cannot go on, for a reason told in one sentence; the next upkeep tries again.</summary>
sealed class RetirementStop(string message) : Exception(message);

/// <summary>
/// Takes one partition out of its table. Where it stands is read from the catalog, never from a counter, so a run that was killed anywhere
/// is taken up by the next. Detached first, for a row may come in between its archive and its end; archive, comparison, drop and note are
/// one transaction, so until the archive was read back the rows are there.
/// </summary>
sealed class Retirement(Work work, QName parent, string key, string folder, bool parquet, string estate, string database,
    UpkeepOptions options)
{
    static readonly CatalogQuery Place = CatalogQuery.Load(typeof(Retirement), "place.sql");
    static readonly CatalogQuery Columns = CatalogQuery.Load(typeof(Retirement), "columns.sql");
    static readonly CatalogQuery Definition = CatalogQuery.Load(typeof(Retirement), "definition.sql");
    static readonly CatalogQuery End = CatalogQuery.Load(typeof(Retirement), "end.sql");

    internal async Task<RetiredPartition> RunAsync(OpenRetirement open, CancellationToken token)
    {
        var (place, leaf) = await PlaceAsync(open, token);
        if (place == "attached")
        {
            options.Fault?.Invoke("before detach");
            await DetachAsync(leaf, Sql.Of($"concurrently"), token);
            options.Fault?.Invoke("detached");
        }
        else if (place == "pending")
        {
            options.Fault?.Invoke("before finalize");
            await DetachAsync(leaf, Sql.Of($"finalize"), token);
            options.Fault?.Invoke("finalized");
        }
        else if (place == "gone")
        {
            await using var losing = await work.Connection.BeginTransactionAsync(token);
            await EndAsync(open, "lost", null, null, token);
            await BookKeeper.TellAsync(work, parent, "lost", null, open.Id, open.Low, open.High, token);
            await losing.CommitAsync(token);
            throw new RetirementStop($"somebody dropped {open.Leaf} before its rows were dealt with; it is noted as lost");
        }
        return open.Goal == Goal.Detach ? await KeepAsync(open, leaf, token) : await DropAsync(open, leaf, token);
    }

    async Task<(string Place, QName Leaf)> PlaceAsync(OpenRetirement open, CancellationToken token) =>
        (await work.ReadAsync(Place, static row => (row.GetString(0), row.IsDBNull(1) ? default : new QName(row.GetString(1),
            row.GetString(2))), token, open.Oid, parent.ToString()))[0];

    // Not within a transaction. It waits, without any lock on the table, until nobody reads it by an older view of its partitions.
    async Task DetachAsync(QName leaf, Sql how, CancellationToken token)
    {
        options.Progress?.Report($"detaching {leaf.Plain}");
        await work.RunAsync(Sql.Of($"set lock_timeout = 0"), token);
        await work.RunAsync(Sql.Of($"set statement_timeout = {(long)options.DetachPatience.TotalMilliseconds}"), token);
        try
        {
            await work.RunAsync(Sql.Of($"alter table {parent} detach partition {leaf} {how}"), token);
        }
        catch (PostgresException cut) when (cut.SqlState == PostgresErrorCodes.QueryCanceled && !token.IsCancellationRequested)
        {
            throw new RetirementStop($"{leaf.Plain} is being detached, but a transaction that began before still uses {parent.Plain}: "
                + "end it; the next upkeep goes on");
        }
        finally
        {
            if (work.Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await work.RunAsync(Sql.Of($"set statement_timeout = 0"), CancellationToken.None);
        }
    }

    async Task<RetiredPartition> KeepAsync(OpenRetirement open, QName leaf, CancellationToken token)
    {
        await using var transaction = await work.Connection.BeginTransactionAsync(token);
        if (await BookKeeper.IsThereAsync(work, parent, token))
            await LockAsync(transaction, leaf, token);
        await BookKeeper.TellAsync(work, parent, "end", leaf, open.Id, open.Low, open.High, token);
        await EndAsync(open, "retired", null, null, token);
        options.Fault?.Invoke("before commit");
        await transaction.CommitAsync(token);
        return new(open.Leaf, open.Low, open.High, "detach", null, null);
    }

    async Task<RetiredPartition> DropAsync(OpenRetirement open, QName leaf, CancellationToken token)
    {
        await using var transaction = await work.Connection.BeginTransactionAsync(token);
        await LockAsync(transaction, leaf, token);
        await TryDropAsync(transaction, leaf, token);
        var columns = await work.ReadAsync(Columns, static row => new ArchivedColumn(row.GetString(0), row.GetString(1)), token,
            leaf.ToString());
        var digest = await RowDigest.OfAsync(work, Sql.Of($"{leaf}"), columns, token);
        await BookKeeper.TellAsync(work, parent, "end", leaf, open.Id, open.Low, open.High, token);
        var archive = open.Goal == Goal.Archive ? await ArchiveAsync(open, leaf, columns, digest, token) : null;
        await work.RunAsync(Sql.Of($"drop table {leaf}"), token);
        await EndAsync(open, "retired", digest, archive, token);
        options.Fault?.Invoke("before commit");
        await transaction.CommitAsync(token);
        options.Fault?.Invoke("dropped");
        return new(open.Leaf, open.Low, open.High, open.Goal.ToString().ToLowerInvariant(), digest.Rows, archive?.Path);
    }

    async Task LockAsync(NpgsqlTransaction transaction, QName leaf, CancellationToken token)
    {
        await work.RunAsync(Sql.Of($"set local lock_timeout = '200ms'"), token);
        for (var began = options.Time.GetTimestamp(); ;)
        {
            await transaction.SaveAsync("howdah_lock", token);
            try
            {
                await work.RunAsync(Sql.Of($"lock table {leaf} in access exclusive mode"), token);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.DeadlockDetected)
            {
                await transaction.RollbackAsync("howdah_lock", token);
                if (options.Time.GetElapsedTime(began) > options.LockPatience)
                    throw new RetirementStop($"{leaf.Plain} is detached, but somebody still uses it: end that; the next upkeep goes on");
                await Task.Delay(TimeSpan.FromMilliseconds(100), options.Time, token);
            }
        }
    }

    // What hangs on it is told before an hour is spent on its archive.
    async Task TryDropAsync(NpgsqlTransaction transaction, QName leaf, CancellationToken token)
    {
        await transaction.SaveAsync("howdah_drop", token);
        try
        {
            await work.RunAsync(Sql.Of($"drop table {leaf}"), token);
        }
        catch (PostgresException hangs) when (hangs.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
        {
            throw new RetirementStop($"{leaf.Plain} is detached, but cannot be dropped: "
                + $"{hangs.Detail?.Split('\n')[0] ?? hangs.MessageText}");
        }
        await transaction.RollbackAsync("howdah_drop", token);
    }

    async Task<Archived> ArchiveAsync(OpenRetirement open, QName leaf, IReadOnlyList<ArchivedColumn> columns, RowDigest digest,
        CancellationToken token)
    {
        var relative = ArchiveFolder.Manifest(database, parent.Plain, leaf, open.Id);
        var path = Path.Combine(folder, relative);
        var rows = Path.ChangeExtension(path, parquet ? ParquetFile.Extension : RowFile.Csv);
        // An attempt that was cut off may have been in the other format.
        RowFile.Delete(Path.ChangeExtension(path, parquet ? RowFile.Csv : ParquetFile.Extension));
        options.Progress?.Report($"archiving {leaf.Plain}, {digest.Rows} rows");
        options.Fault?.Invoke("before archive");
        var (bytes, sha256) = await RowFile.WriteAsync(work, leaf, columns, rows, token);
        options.Fault?.Invoke("archive written");
        var definition = await work.ReadAsync(Definition, static row => row.GetString(0), token, leaf.ToString());
        var manifest = new LeafManifest(parquet ? LeafManifest.Parquet : LeafManifest.Csv, estate, database, parent.Plain, leaf.Plain, key,
            open.Low, open.High,
            work.Connection.PostgreSqlVersion.Major * 10000 + work.Connection.PostgreSqlVersion.Minor, columns, definition, digest.Rows,
            digest.Sum, Path.GetFileName(rows), bytes, sha256);
        var manifestHash = await RowFile.WriteAsync(manifest.Write(), path, token);
        options.Fault?.Invoke("manifest written");
        // From the files, into a table of its own: what the archive says, not what was meant to be in it.
        await VerifyAsync(await LeafManifest.ReadAsync(path, token), rows, leaf, digest, token);
        options.Fault?.Invoke("verified");
        return new(relative, sha256, manifestHash);
    }

    async Task VerifyAsync(LeafManifest manifest, string rows, QName leaf, RowDigest digest, CancellationToken token)
    {
        var scratch = Sql.Of($"pg_temp.howdah_archive");
        await work.RunAsync(Sql.Of($"""
            create temporary table howdah_archive on commit drop as
            select {Sql.List(manifest.Columns.Select(static column => new Ident(column.Name)))} from {leaf} with no data
            """), token);
        await RowFile.LoadAsync(work, rows, manifest, scratch, token);
        var again = await RowDigest.OfAsync(work, scratch, manifest.Columns, token);
        await work.RunAsync(Sql.Of($"drop table {scratch}"), token);
        if (again != digest)
            throw new RetirementStop($"the archive of {leaf.Plain} does not give the same rows back ({again.Rows} rows against "
                + $"{digest.Rows}): nothing was dropped; a column whose text is not its value cannot be archived");
    }

    async Task EndAsync(OpenRetirement open, string state, RowDigest? digest, Archived? archive, CancellationToken token) =>
        await work.ReadAsync(End, static _ => 0, token, open.Id, state, digest?.Rows ?? (object)DBNull.Value, digest?.Sum, archive?.Path,
            archive?.Sha256, archive?.Manifest);

    sealed record Archived(string Path, string Sha256, string Manifest);
}
