using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Patterns.Pipelines.Querying;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>A refused row that nobody has settled.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Batch">The batch that refused it.</param>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Line">The line it begins in there.</param>
/// <param name="Column">The column it is about; null where it is about all of it.</param>
/// <param name="Rule">The rule it broke.</param>
/// <param name="SqlState">The server's code.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Raw">It itself, as the source sent it; null where that is too long or was not kept.</param>
public sealed record RefusedRow(long Id, long Batch, string Pipeline, string Source, long? Line, string? Column, string? Rule,
    string? SqlState, string? Message, byte[]? Raw);

/// <summary>A batch as it is remembered.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Source">The source.</param>
/// <param name="State">done or failed.</param>
/// <param name="Read">Rows read.</param>
/// <param name="Loaded">Of them loaded.</param>
/// <param name="Unchanged">Of them known already.</param>
/// <param name="Quarantined">Of them refused.</param>
/// <param name="Skipped">Of them skipped.</param>
/// <param name="Finished">When it ended, in the server's zone, as text.</param>
/// <param name="Message">Why it failed.</param>
public sealed record BatchRow(long Id, string Pipeline, string Source, string State, long Read, long Loaded, long Unchanged,
    long Quarantined, long Skipped, string Finished, string? Message);

/// <summary>What loads refused: to be seen, loaded after all, or given up.</summary>
public static class Quarantine
{
    /// <summary>The batches of a database, the newest first.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="pipeline">The pipeline; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<IReadOnlyList<BatchRow>> BatchesAsync(Session session, DatabaseSpec database, string? pipeline, int most,
        CancellationToken token)
    {
        PipelineLoad.Spec(session, database, pipeline);
        await using var connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
        await using var command = new NpgsqlCommand("""
            select id, pipeline, source, state, rows_read, rows_loaded, rows_unchanged, rows_quarantined, rows_skipped,
              coalesce(finished, started)::timestamptz(0)::text, message
            from howdah.load_batch where $1::text is null or pipeline = $1 order by id desc limit $2
            """, connection) { Parameters = { Text(pipeline), new() { Value = most } } };
        await using var row = await command.ExecuteReaderAsync(token);
        var batches = new List<BatchRow>();
        while (await row.ReadAsync(token))
            batches.Add(new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5),
                row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetString(9), row.IsDBNull(10) ? null : row.GetString(10)));
        return batches;
    }

    /// <summary>Refused rows that nobody has settled, the oldest first.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="pipeline">The pipeline; null for all.</param>
    /// <param name="batch">The batch; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<IReadOnlyList<RefusedRow>> ListAsync(Session session, DatabaseSpec database, string? pipeline, long? batch,
        int most, CancellationToken token)
    {
        PipelineLoad.Spec(session, database, pipeline);
        await using var connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
        return await ListAsync(connection, pipeline, batch, most, token);
    }

    static async Task<IReadOnlyList<RefusedRow>> ListAsync(NpgsqlConnection connection, string? pipeline, long? batch, int most,
        CancellationToken token)
    {
        await using var command = new NpgsqlCommand("""
            select q.id, q.batch, b.pipeline, b.source, q.line, q.column_name, q.rule, q.sqlstate, q.message, q.raw
            from howdah.quarantine q join howdah.load_batch b on b.id = q.batch
            where q.resolved_at is null and ($1::text is null or b.pipeline = $1) and ($2::bigint is null or q.batch = $2)
            order by q.id limit $3
            """, connection) { Parameters = { Text(pipeline), Number(batch), new() { Value = most } } };
        await using var row = await command.ExecuteReaderAsync(token);
        var rows = new List<RefusedRow>();
        while (await row.ReadAsync(token))
            rows.Add(new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4),
                row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6),
                row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8),
                row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9)));
        return rows;
    }

    /// <summary>Loads refused rows again, as the source sent them, through the same reader: after the pipeline, or what it looks up, was
    /// mended. What is refused again stands in the quarantine under the new batch; what cannot be read apart stays as it is.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="batch">The batch; null for all of the pipeline.</param>
    /// <param name="options">How; files are of no account.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>A report for each batch whose rows were tried.</returns>
    public static async Task<IReadOnlyList<LoadReport>> RetryAsync(Session session, DatabaseSpec database, string pipeline, long? batch,
        LoadOptions options, CancellationToken token)
    {
        var spec = PipelineLoad.Spec(session, database, pipeline);
        var wish = spec.Pipelines[pipeline];
        var reports = new List<LoadReport>();
        var rows = await ListAsync(session, database, pipeline, batch, wish.Limit.Rows * 10, token);
        foreach (var group in rows.GroupBy(static row => row.Batch))
        {
            var header = await HeaderAsync(session, database, group.Key, token);
            // Rows of a Parquet file are kept as lines of JSON.
            var format = ParquetRecords.Marks(header) ? ParquetRecords.Format(wish.Format)
                : wish.Format with { Type = LoadSource.Kind(group.First().Source, wish.Format) };
            if (format.Type == "ndjson")
                header = null;
            var whole = new RawRecords("", format);
            var fit = group.Where(row => row.Raw is { } raw && whole.IsWhole(raw)).Select(static row => (row.Id, row.Line ?? 0, row.Raw!))
                .ToList();
            if (fit.Count == 0 || (wish.Format.Header && header is null && format.Type == "csv"))
            {
                reports.Add(new(pipeline, $"quarantine of batch {group.Key}", LoadOutcome.Refused,
                    "its rows cannot be read apart from their source: load a mended file, and discard them"));
                continue;
            }
            using var source = await LoadSource.RetryAsync(group.Key, header, fit, wish with { Format = format },
                QueryWish.Names(group.First().Source), token);
            reports.Add(await PipelineLoad.LoadAsync(session, spec, pipeline, source, options, token));
        }
        return reports;
    }

    /// <summary>Gives refused rows up: they stay counted, with the reason and without what the source sent.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="batch">Their batch.</param>
    /// <param name="row">One of them; null for all.</param>
    /// <param name="reason">Why.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>How many were open.</returns>
    /// <exception cref="ArgumentException">There is no reason.</exception>
    public static async Task<int> DiscardAsync(Session session, DatabaseSpec database, long batch, long? row, string reason,
        CancellationToken token)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new ArgumentException("rows are given up for a reason: --reason \"the customer was a test\"");
        PipelineLoad.Spec(session, database, null);
        await using var connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
        await using var command = new NpgsqlCommand("update howdah.quarantine set resolved_at = now(), resolved_why = $3, raw = null "
            + "where batch = $1 and ($2::bigint is null or id = $2) and resolved_at is null", connection)
        {
            Parameters = { new() { Value = batch }, Number(row), new() { Value = reason } },
        };
        return await command.ExecuteNonQueryAsync(token);
    }

    static async Task<byte[]?> HeaderAsync(Session session, DatabaseSpec database, long batch, CancellationToken token)
    {
        await using var connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
        await using var command = new NpgsqlCommand("""
            with recursive origin as (
              select id, retry_of, header from howdah.load_batch where id = $1
              union all
              select b.id, b.retry_of, b.header from howdah.load_batch b join origin o on o.retry_of = b.id
            )
            select header from origin where retry_of is null
            """, connection) { Parameters = { new() { Value = batch } } };
        return await command.ExecuteScalarAsync(token) as byte[];
    }

    static NpgsqlParameter Text(string? value) => new()
    {
        Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text,
    };

    static NpgsqlParameter Number(long? value) => new()
    {
        Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint,
    };
}
