using Howdah.Loading.Inputs;
using Npgsql;

namespace Howdah.Loading.Copying;

/// <summary>Finds the rows that the server refuses: a piece goes behind a savepoint, and where it fails, its halves do, down to one row.
/// Errors that are not the row's (a lost connection, no disk, a missing right) end the load.</summary>
sealed class Bisection(LoadJob job, RowStream stream)
{
    const int MostRows = 20_000, MostRawBytes = 4 << 20;
    List<Kept> filling = [], sending = [];
    readonly List<RejectedRow> refused = [];
    readonly CopyBuffer half = new();
    long rawBytes;

    sealed record Kept(int From, int To, RejectedRow Row);

    internal bool IsFull => filling.Count >= MostRows || rawBytes >= MostRawBytes;

    internal void Note(RecordBlock block, in FoundRecord record, int from, int to)
    {
        var row = StreamWorker.Rejected(block, record, new(null, Rules.Server, "", ""), block.Sent(record, job.Reading.MaxRawBytes));
        rawBytes += row.Raw.Length;
        filling.Add(new(from, to, row));
    }

    internal async Task SendAsync(CopyBuffer rows, CancellationToken token)
    {
        (filling, sending) = (sending, filling);
        rawBytes = 0;
        await SendAsync(rows.Written, 0, sending.Count, token).ConfigureAwait(false);
        sending.Clear();
        rows.Clear();
    }

    internal List<RejectedRow> Take()
    {
        List<RejectedRow> taken = [.. refused];
        refused.Clear();
        return taken;
    }

    async Task SendAsync(ReadOnlyMemory<byte> rows, int from, int to, CancellationToken token)
    {
        if (from == to)
            return;
        half.Clear();
        half.Put(rows.Span[sending[from].From..sending[to - 1].To]);
        await RunAsync("savepoint howdah_piece", token).ConfigureAwait(false);
        try
        {
            await stream.SendAsync(half, token).ConfigureAwait(false);
            await stream.EndAsync(token).ConfigureAwait(false);
            await RunAsync("release savepoint howdah_piece", token).ConfigureAwait(false);
            return;
        }
        catch (PostgresException error) when (IsOfARow(error))
        {
            await stream.AbandonAsync().ConfigureAwait(false);
            await RunAsync("rollback to savepoint howdah_piece; release savepoint howdah_piece", token).ConfigureAwait(false);
            if (to - from == 1)
            {
                refused.Add(sending[from].Row with
                {
                    Column = error.ColumnName,
                    SqlState = error.SqlState,
                    Message = error.ConstraintName is null ? error.MessageText : $"{error.MessageText} ({error.ConstraintName})",
                });
                return;
            }
        }
        var middle = from + ((to - from) / 2);
        await SendAsync(rows, from, middle, token).ConfigureAwait(false);
        await SendAsync(rows, middle, to, token).ConfigureAwait(false);
    }

    /// <summary>Data exceptions, broken constraints, and what triggers and functions raise.</summary>
    static bool IsOfARow(PostgresException error) => error.SqlState[..2] is "22" or "23" or "44" or "P0";

    async Task RunAsync(string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, stream.Connection);
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }
}
