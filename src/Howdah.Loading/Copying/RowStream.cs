using Npgsql;

namespace Howdah.Loading.Copying;

/// <summary>Rows on their way into the table over one connection: one COPY after the other, each into the caller's transaction. While one
/// buffer is sent the next is filled.</summary>
sealed class RowStream(NpgsqlConnection connection, string copy)
{
    static readonly byte[] Head = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    NpgsqlRawCopyStream? raw;

    internal NpgsqlConnection Connection => connection;

    internal async Task SendAsync(CopyBuffer rows, CancellationToken token)
    {
        if (raw is null)
        {
            raw = await connection.BeginRawBinaryCopyAsync(copy, token).ConfigureAwait(false);
            await raw.WriteAsync(Head, token).ConfigureAwait(false);
        }
        await raw.WriteAsync(rows.Written, token).ConfigureAwait(false);
        rows.Clear();
    }

    /// <summary>Ends the COPY: the server has then taken every row, or says which it did not.</summary>
    internal async Task EndAsync(CancellationToken token)
    {
        if (raw is null)
            return;
        var ending = raw;
        raw = null;
        await using (ending.ConfigureAwait(false))
            await ending.WriteAsync(new byte[] { 0xff, 0xff }, token).ConfigureAwait(false);
    }

    /// <summary>Gives the COPY up, so that the connection can be used again.</summary>
    internal async Task AbandonAsync()
    {
        if (raw is null)
            return;
        var ending = raw;
        raw = null;
        try
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await ending.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is NpgsqlException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            // What broke the load breaks its end, too; the first is told.
        }
    }
}
