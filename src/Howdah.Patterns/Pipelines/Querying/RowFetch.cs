using System.Data;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Howdah.Engine.Servers;
using Howdah.Loading;
using Npgsql;

namespace Howdah.Patterns.Pipelines.Querying;

/// <summary>
/// Writes the answer of a query into a file, as PostgreSQL's own CSV: from one snapshot, in a transaction that can only read, whatever
/// functions it calls. A file, for refused rows are read again from it, and a slow target must not hold the other server's snapshot.
/// </summary>
sealed class RowFetch(string pipeline, QueryWish query, SecretStore secrets)
{
    const int Piece = 256 << 10;
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // What the text of values hangs on.
    const string Pinned = "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; "
        + "set local bytea_output = 'hex'; set local extra_float_digits = 1; set local client_encoding = 'UTF8'; "
        + "set local xmloption = 'content'; set local idle_in_transaction_session_timeout = '60s'";

    /// <summary>Fetches all rows.</summary>
    /// <param name="path">The file, which is written anew.</param>
    /// <param name="columns">The columns that the pipeline reads.</param>
    /// <param name="progress">Told of rows and bytes.</param>
    /// <param name="token">Cancels, here and on the other server.</param>
    /// <returns>What the rows are known by, whatever their order.</returns>
    /// <exception cref="LoadException">They cannot be had; the message names the reference, never the connection string.</exception>
    internal async Task<string> RunAsync(string path, IReadOnlyList<string> columns, Action<long, long>? progress, CancellationToken token)
    {
        // The server's own limit speaks first; this one is for a server that does not speak any more.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(query.Timeout + Grace);
        try
        {
            await using var connection = await OpenAsync(limit.Token);
            await RunAsync(connection, $"begin isolation level repeatable read read only; {Pinned}; set local statement_timeout = "
                + ((long)query.Timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), limit.Token);
            await DescribeAsync(connection, columns, limit.Token);
            return await CopyAsync(connection, path, progress, limit.Token);
        }
        catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.QueryCanceled && !token.IsCancellationRequested)
        {
            throw new LoadException(late.MessageText.Contains("timeout", StringComparison.Ordinal) ? TooLong
                : $"the query of {pipeline} was canceled on {query.Connection}: run it again", late);
        }
        catch (PostgresException wrong) when (!token.IsCancellationRequested)
        {
            throw new LoadException($"the query of {pipeline} fails on {query.Connection}: {wrong.MessageText} (SQLSTATE {wrong.SqlState})"
                + (wrong.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction ? "; it may only read, and so may what it calls" : ""),
                wrong);
        }
        catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException && !token.IsCancellationRequested)
        {
            throw new LoadException(limit.IsCancellationRequested ? TooLong
                : $"{query.Connection}, which {pipeline} asks, was lost or does not answer: {lost.Message}; run it again", lost);
        }
        catch (OperationCanceledException silent) when (!token.IsCancellationRequested)
        {
            throw new LoadException(TooLong, silent);
        }
    }

    string TooLong => $"the query of {pipeline} took longer than {Engine.Upkeep.Interval.Write(query.Timeout)} on {query.Connection}: make "
        + "it faster, or raise its timeout";

    async Task<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        var text = secrets.Reveal(query.Connection.ToString(), "", query.Connection, out var problem)
            ?? throw new LoadException($"the query of {pipeline} has no server: {problem}");
        NpgsqlConnectionStringBuilder parsed;
        try
        {
            parsed = ConnectionText.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new LoadException($"the query of {pipeline}, {query.Connection}: {wrong.Message}", wrong);
        }
        (parsed.Pooling, parsed.Enlist, parsed.PersistSecurityInfo, parsed.CommandTimeout) = (false, false, false, 0);
        parsed.ApplicationName ??= $"howdah load {pipeline}";
        return await ServerAccess.OpenAsync(parsed.ConnectionString, token, types: false);
    }

    // Told before anything runs: by itself it must be one whole statement, so within the parentheses of COPY it is the same one.
    [SuppressMessage("Security", "CA2100", Justification = "the query is the estate's own text, and can only read")]
    async Task DescribeAsync(NpgsqlConnection connection, IReadOnlyList<string> columns, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query.Sql, connection) { CommandTimeout = 0 };
        await using var shape = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, token);
        var names = Enumerable.Range(0, shape.FieldCount).Select(shape.GetName).ToList();
        if (names.Count == 0 || await shape.NextResultAsync(token))
            throw new LoadException($"the query of {pipeline} is not one statement that gives rows: write one select");
        if (names.GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new LoadException($"the query of {pipeline} gives {twice.Count()} columns {twice.Key}: name each with `as`");
        if (columns.FirstOrDefault(column => !names.Contains(column)) is { } missing)
            throw new LoadException($"the query of {pipeline} gives no column {missing}; it gives {string.Join(", ", names)}");
    }

    [SuppressMessage("Security", "CA2100", Justification = "the query is the estate's own text, and can only read")]
    async Task<string> CopyAsync(NpgsqlConnection connection, string path, Action<long, long>? progress, CancellationToken token)
    {
        await using var file = File.Create(path);
        using var sum = new RowSum();
        var rows = (StreamReader)await connection.BeginTextExportAsync(
            $"copy (\n{query.Sql}\n) to stdout (format csv, header true)", token);
        try
        {
            // The bytes as the server sends them: nothing is decoded on the way.
            var buffer = new byte[Piece];
            while (await rows.BaseStream.ReadAsync(buffer, token) is > 0 and var count)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), token);
                sum.Add(buffer.AsSpan(0, count));
                progress?.Invoke(sum.Rows, file.Position);
            }
        }
        catch (Exception failed) when (failed is not PostgresException && connection.FullState.HasFlag(ConnectionState.Open))
        {
            // A full disk here, or somebody has enough: what the server has yet to send is not waited for.
            await ((NpgsqlCopyTextReader)rows).CancelAsync();
            throw;
        }
        rows.Dispose();
        return sum.Digest();
    }

    [SuppressMessage("Security", "CA2100", Justification = "constants and a number")]
    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
