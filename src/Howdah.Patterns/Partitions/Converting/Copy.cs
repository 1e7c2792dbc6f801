using System.Globalization;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>
/// Copies the pages that the table had when its changes began to be caught, some in each transaction, on several connections. A row that
/// was caught is passed over: it comes later as it is then. So a row is copied once, from where it always was, whenever each page is read,
/// and no snapshot stays open.
/// </summary>
/// <param name="home">The database.</param>
/// <param name="conversion">The conversion.</param>
/// <param name="wish">What is declared.</param>
/// <param name="options">How.</param>
sealed class Copy(Home home, Conversion conversion, PartitionWish wish, ConvertOptions options) : IDisposable
{
    readonly Lock gate = new();
    readonly SemaphoreSlim making = new(1);
    Queue<long> chunks = new();
    long began;
    long rows;
    long copied;
    int all;
    int done;
    int mine;

    internal async Task RunAsync(CancellationToken token)
    {
        var there = (await home.Main.ListAsync(Sql.Of($"""
            select chunk, rows from howdah.conversion_chunk where conversion = {conversion.Id}
            """), static row => (Chunk: row.GetInt64(0), Rows: row.GetInt64(1)), token)).ToDictionary(static row => row.Chunk, static row =>
                row.Rows);
        var size = await SizeAsync(token);
        var starts = Enumerable.Range(0, (int)((conversion.Blocks + size - 1) / size)).Select(i => (long)i * size).ToList();
        chunks = new(starts.Where(start => !there.ContainsKey(start)));
        (all, done, rows, began) = (starts.Count, starts.Count - chunks.Count, there.Values.Sum(), options.Time.GetTimestamp());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, options.Streams)).Select(_ => StreamAsync(size, stop)));
    }

    // The first run's size holds for the others, too.
    async Task<long> SizeAsync(CancellationToken token)
    {
        await home.Main.ExecuteAsync(Sql.Of($"""
            update howdah.conversion set pages_at_once = coalesce(pages_at_once, {options.PagesAtOnce}) where id = {conversion.Id}
            """), token);
        return await home.Main.OneAsync<int>(Sql.Of($"select pages_at_once from howdah.conversion where id = {conversion.Id}"), token);
    }

    async Task StreamAsync(long size, CancellationTokenSource stop)
    {
        try
        {
            await using var connection = await home.WorkerAsync(stop.Token);
            // The last ones may be lost in a crash of the server, with the note that they were done: then they are copied again.
            await connection.ExecuteAsync(Sql.Of($"set synchronous_commit = off"), stop.Token);
            while (Next() is { } chunk)
            {
                for (var again = false; !await ChunkAsync(connection, chunk, size, again, stop.Token); again = true)
                    await MakeMissingAsync(connection, stop.Token);
                await SlowDownAsync(stop.Token);
            }
        }
        catch
        {
            // The others end, too; the exception goes on.
            await stop.CancelAsync();
            throw;
        }
    }

    long? Next()
    {
        lock (gate)
            return chunks.TryDequeue(out var chunk) ? chunk : null;
    }

    // False where a row has no partition.
    async Task<bool> ChunkAsync(NpgsqlConnection connection, long chunk, long size, bool again, CancellationToken token)
    {
        var old = conversion.Old;
        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.ExecuteAsync(Sql.Of($"lock table {old.QName} in access share mode"), token);
        if (await connection.OneAsync<uint>(Sql.Of($"select pg_catalog.pg_relation_filenode({old.Oid}::oid)"), token) != conversion.File)
            throw new ConvertException($"{old.QName.Plain} was written anew (VACUUM FULL, CLUSTER or ALTER TABLE) while it was copied, and "
                + "its rows are elsewhere now: give up with --abort, and begin again");
        try
        {
            var count = await connection.ExecuteAsync(Sql.Of($"""
                insert into {conversion.New} ({old.Written.Columns()}) overriding system value
                select {old.Written.Columns(Sql.Of($"t"))} from {old.QName} t
                where t.ctid >= '({chunk},0)'::pg_catalog.tid and t.ctid < '({Math.Min(chunk + size, conversion.Blocks)},0)'::pg_catalog.tid
                  and not exists (select from {conversion.Changes} k where {old.Key.Same(Sql.Of($"k"), Sql.Of($"t"))})
                """), token);
            await connection.ExecuteAsync(Sql.Of(
                $"insert into howdah.conversion_chunk (conversion, chunk, rows) values ({conversion.Id}, {chunk}, {count})"), token);
            options.Fault?.Invoke("chunk before commit");
            await transaction.CommitAsync(token);
            Tell(count);
            options.Fault?.Invoke("chunk committed");
            return true;
        }
        catch (PostgresException e) when (!again && Converter.IsHomeless(e))
        {
            return false;
        }
    }

    async Task MakeMissingAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await making.WaitAsync(token);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(token);
            await Parts.MakeAsync(connection, conversion.Old, wish, conversion.New, conversion.Old.QName, token);
            await transaction.CommitAsync(token);
        }
        finally
        {
            making.Release();
        }
    }

    void Tell(long count)
    {
        lock (gate)
        {
            (rows, copied, done) = (rows + count, copied + count, done + 1);
            var spent = options.Time.GetElapsedTime(began);
            mine++;
            options.Progress?.Report(new(ConversionStep.Copying.Word(), string.Create(CultureInfo.InvariantCulture,
                $"{rows:N0} rows, {copied / Math.Max(0.001, spent.TotalSeconds):N0} a second"), rows, (double)done / all,
                spent / mine * (all - done)));
        }
    }

    async Task SlowDownAsync(CancellationToken token)
    {
        if (options.RowsPerSecond is not { } most)
            return;
        var ahead = TimeSpan.FromSeconds(Interlocked.Read(ref copied) / (double)most) - options.Time.GetElapsedTime(began);
        if (ahead > TimeSpan.Zero)
            await Task.Delay(ahead, options.Time, token);
    }

    public void Dispose() => making.Dispose();
}
