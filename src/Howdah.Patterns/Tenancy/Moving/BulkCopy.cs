using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// Copies one table as it was at the slot's first moment, and compares both sides before any change is applied: at that moment they must be
/// equal to the bit, and nobody needs to wait for it.
/// </summary>
static class BulkCopy
{
    /// <summary>Copies and compares all tables, a few at a time.</summary>
    internal static async Task<long> RunAsync(Side source, Side target, string snapshot, IReadOnlyList<MovedTable> tables, int parallel,
        Action<MovedTable, long>? done, CancellationToken token)
    {
        var rows = 0L;
        await Parallel.ForEachAsync(tables, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = token },
            async (table, cancelled) =>
            {
                var copied = await TableAsync(source, target, snapshot, table, cancelled);
                Interlocked.Add(ref rows, copied);
                done?.Invoke(table, copied);
            });
        return rows;
    }

    static async Task<long> TableAsync(Side source, Side target, string snapshot, MovedTable table, CancellationToken token)
    {
        await using var from = await source.OpenAsync(replay: false, token);
        await from.RunAsync(Sql.Of($"begin isolation level repeatable read read only"), token);
        await from.RunAsync(Sql.Of($"set transaction snapshot {new Literal(snapshot)}"), token);
        await using var to = await target.OpenAsync(replay: true, token);
        await to.RunAsync(Sql.Of($"begin"), token);
        await PipeAsync(from, to, source, target, table, token);
        var there = await RowHash.WholeAsync(from, source, table, table.Source, token);
        var here = await RowHash.WholeAsync(to, target, table, table.Target, token);
        if (there != here)
            throw new MoveException($"the copy of {table.Home.Plain} is not its source ({here.Count} rows against {there.Count}): "
                + "abort the move (--abort) and begin again");
        await to.RunAsync(Sql.Of($"commit"), token);
        return here.Count;
    }

    static async Task PipeAsync(NpgsqlConnection from, NpgsqlConnection to, Side source, Side target, MovedTable table,
        CancellationToken token)
    {
        var format = new Words(table.Binary ? "binary" : "text");
        // COPY FROM is refused on a table with a floor; a table of the session's own takes the rows, and INSERT passes them through it.
        QName? staged = target.Shared ? new QName("pg_temp", "howdah_staged") : null;
        if (staged is { } stage)
            await to.RunAsync(Sql.Of($"""
                create temporary table {stage} on commit drop as select {table.StoredList} from {table.Target} with no data
                """), token);
        var read = Sql.Of($"""
            copy (select {table.StoredList} from {table.Source} where {source.Mine(table)}) to stdout (format {format})
            """).ToString();
        var write = Sql.Of($"copy {staged ?? table.Target} ({table.StoredList}) from stdin (format {format})").ToString();
        if (table.Binary)
            await BinaryAsync(from, read, to, write, token);
        else
            await TextAsync(from, read, to, write, token);
        if (staged is { } full)
            await to.RunAsync(Sql.Of($"""
                insert into {table.Target} ({table.StoredList}) overriding system value select {table.StoredList} from {full}
                """), token);
    }

    // Whatever is cut off here, the target's transaction is not committed.
    static async Task BinaryAsync(NpgsqlConnection from, string read, NpgsqlConnection to, string write, CancellationToken token)
    {
        await using var output = await from.BeginRawBinaryCopyAsync(read, token);
        await using var input = await to.BeginRawBinaryCopyAsync(write, token);
        await output.CopyToAsync(input, 256 * 1024, token);
    }

    static async Task TextAsync(NpgsqlConnection from, string read, NpgsqlConnection to, string write, CancellationToken token)
    {
        using var output = await from.BeginTextExportAsync(read, token);
        await using var input = await to.BeginTextImportAsync(write, token);
        var buffer = new char[64 * 1024];
        while (await output.ReadAsync(buffer, token) is > 0 and var count)
            await input.WriteAsync(buffer.AsMemory(0, count), token);
    }

    /// <summary>Deletes this tenant's rows, a batch at a time, what points first; nobody else waits for long.</summary>
    internal static async Task ClearAsync(Side side, IReadOnlyList<MovedTable> tables, Func<MovedTable, QName> name,
        CancellationToken token)
    {
        await using var connection = await side.OpenAsync(replay: true, token);
        foreach (var table in tables.Reverse())
        {
            var key = Sql.List(table.Key.Select(column => new Ident(column)));
            var same = Sql.Join(" and ", table.Key.Select(column => Sql.Of($"t.{new Ident(column)} = g.{new Ident(column)}")));
            while (await connection.RunAsync(Sql.Of($"""
                delete from {name(table)} t using (select {key} from {name(table)} where {side.Mine(table)} limit 10000) g where {same}
                """), token) > 0)
            {
            }
        }
    }
}
