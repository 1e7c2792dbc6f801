using System.Diagnostics.CodeAnalysis;
using Howdah.Engine.Planning;
using Howdah.Loading;
using Howdah.Patterns.Pipelines.Streaming;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Patterns.Pipelines;

/// <summary>A row that was refused after it was sent: by the server, a lookup or another row of the source.</summary>
/// <param name="Line">Its line.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Column">The column it is about.</param>
/// <param name="Rule">The rule it broke.</param>
/// <param name="State">The server's code.</param>
/// <param name="Message">What is wrong.</param>
readonly record struct Refusal(long Line, long Offset, string? Column, string Rule, string? State, string Message);

/// <summary>Puts the refused rows of one batch into the quarantine, in the batch's transaction; more than allowed end the batch.</summary>
/// <param name="connection">The batch's connection.</param>
/// <param name="batch">The batch's number.</param>
/// <param name="most">How many rows may be refused.</param>
/// <param name="raw">Finds the source's own bytes.</param>
/// <param name="place">Where a row stood before it came into this source: a retry's; null for what comes from its own source.</param>
sealed class Refusals(NpgsqlConnection connection, long batch, int most, IRawRecords raw, Func<long, long>? place)
{
    static readonly QName Kept = new("howdah", "quarantine");

    /// <summary>What is said of a row that has no partition; null where the table's partitions are not retired.</summary>
    internal string? Late { get; set; }

    /// <summary>How many rows this load refused.</summary>
    internal long Count { get; private set; }

    /// <summary>How the source is read, once that is known.</summary>
    internal LoadJob? Job { get; set; }

    /// <summary>Takes what the reader refused over several streams, in the order of the source.</summary>
    /// <returns>How many rows.</returns>
    internal static Sql Gather(Staging staging) => Sql.Of($"""
        insert into {Kept} (batch, line, byte_offset, column_name, rule, sqlstate, message, raw)
        select r.batch, r.line, r.byte_offset, r.column_name, r.rule, r.sqlstate, r.message, r.raw from {staging.Refused} r
        order by r.line, r.byte_offset
        """);

    /// <summary>Keeps rows that the reader refused.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="aside">Where they wait, over which connection, where several streams read; null for the quarantine itself.</param>
    /// <param name="token">Cancels.</param>
    internal async ValueTask KeepAsync(IReadOnlyList<RejectedRow> rows, (NpgsqlConnection Connection, QName Table)? aside,
        CancellationToken token)
    {
        Add(rows.Count, rows.Count > 0 ? $"line {rows[0].Line}: {rows[0].Message}" : "");
        // Of a format without lines, those that the server refused on their way.
        var bare = rows.Where(static row => row.Length == 0 && row.Rule == Rules.Server).Select(static row => row.ByteOffset).ToList();
        var found = bare.Count == 0 || raw.HasOffsets ? null : await raw.FetchAsync(Job, bare, token);
        await WriteAsync([.. rows.Select(row =>
        {
            var refusal = new Refusal(row.Line, row.ByteOffset, row.Column, row.Rule, row.SqlState.Length > 0 ? row.SqlState : null,
                row.Message);
            return found?.ContainsKey(row.ByteOffset) == true && row.Length == 0 ? With(refusal, found)
                : (refusal, row.Length > row.Raw.Length ? null : row.Raw);
        })], aside ?? (connection, Kept), token);
    }

    /// <summary>Keeps rows that were refused once they were sent, with their bytes from the source.</summary>
    internal async Task KeepAsync(IReadOnlyList<Refusal> rows, CancellationToken token)
    {
        if (rows.Count == 0)
            return;
        Add(rows.Count, $"line {rows[0].Line}: {rows[0].Message}");
        var found = await raw.FetchAsync(Job, [.. rows.Select(static row => row.Offset)], token);
        await WriteAsync([.. rows.Select(row => With(row, found))], (connection, Kept), token);
    }

    /// <summary>Counts what a procedure refused by itself, and gives it the source's bytes where its line is known.</summary>
    internal async Task TakeOverAsync(long count, IReadOnlyList<(long Id, long Offset, long Line)> known, CancellationToken token)
    {
        if (count > 0)
            Add((int)count, "refused by the procedure");
        if (known.Count == 0)
            return;
        var found = await raw.FetchAsync(Job, [.. known.Select(static row => row.Offset)], token);
        await using var command = new NpgsqlCommand("update howdah.quarantine q set raw = coalesce(r.raw, q.raw), "
            + "line = r.line, byte_offset = r.at "
            + "from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) r(id, line, at, raw) where q.id = r.id", connection);
        command.Parameters.Add(new() { Value = known.Select(static row => row.Id).ToArray() });
        command.Parameters.Add(new() { Value = known.Select(row => place?.Invoke(row.Line) ?? row.Line).ToArray() });
        command.Parameters.Add(new() { Value = known.Select(row => Offset(row.Offset)).ToArray() });
        command.Parameters.Add(new()
        {
            Value = known.Select(row => found.GetValueOrDefault(row.Offset).Bytes).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        });
        await command.ExecuteNonQueryAsync(token);
    }

    long? Offset(long offset) => place is null && raw.HasOffsets ? offset : null;

    static (Refusal Row, byte[]? Bytes) With(Refusal row, IReadOnlyDictionary<long, (byte[] Bytes, string? Place)>? found) =>
        found is null || !found.TryGetValue(row.Offset, out var record) ? (row, null)
            : (record.Place is { } where ? row with { Message = $"{row.Message} ({where})" } : row, record.Bytes);

    void Add(int more, string first)
    {
        Count += more;
        if (Count > most)
            throw new LoadException($"more than the allowed {most} rows are refused; the first of the last ones is {first}");
    }

    // A row without a partition is mostly one that comes too late.
    string Told(Refusal row) => Late is not null && row.State == PostgresErrorCodes.CheckViolation
        && row.Message.StartsWith("no partition of relation", StringComparison.Ordinal) ? $"{row.Message}; {Late}" : row.Message;

    [SuppressMessage("Security", "CA2100", Justification = "Sql holds no raw text")]
    async Task WriteAsync((Refusal Row, byte[]? Raw)[] rows, (NpgsqlConnection Connection, QName Table) to, CancellationToken token)
    {
        var insert = Sql.Of($"insert into {to.Table} (batch, line, byte_offset, column_name, rule, sqlstate, message, raw) select $1, r.* "
            + $"from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[]) r");
        await using var command = new NpgsqlCommand(insert.ToString(), to.Connection);
        command.Parameters.Add(new() { Value = batch });
        command.Parameters.Add(new() { Value = rows.Select(each => place?.Invoke(each.Row.Line) ?? each.Row.Line).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(each => Offset(each.Row.Offset)).ToArray() });
        void Texts(Func<Refusal, string?> of) => command.Parameters.Add(new()
        {
            Value = rows.Select(each => of(each.Row)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        Texts(static row => row.Column);
        Texts(static row => row.Rule);
        Texts(static row => row.State);
        Texts(row => Told(row).Replace("\0", "\\0", StringComparison.Ordinal));
        command.Parameters.Add(new()
        {
            Value = rows.Select(static each => each.Raw).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        });
        await command.ExecuteNonQueryAsync(token);
    }
}
