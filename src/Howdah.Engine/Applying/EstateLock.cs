using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>
/// One apply per estate and database. The lock belongs to the session that does the work, so it cannot outlive its writer, and it is
/// polled:
/// a session that waits in <c>pg_advisory_lock</c> holds a snapshot, for which CREATE INDEX CONCURRENTLY in the holder would wait
/// (deadlock).
/// </summary>
static class EstateLock
{
    internal const int ClassId = 0x484F5744; // "HOWD"

    internal static int KeyOf(string estate) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(estate)));

    internal static async Task TakeAsync(NpgsqlConnection connection, string estate, Watcher watcher, ApplyOptions options,
        CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        string? told = null;
        while (!await TryAsync(connection, estate, token))
        {
            var holder = await watcher.HolderAsync(ClassId, KeyOf(estate), token) ?? "another apply";
            if (options.Time.GetElapsedTime(began) >= options.EstateLockWait)
                throw new ApplyStop(ApplyOutcome.Refused,
                    $"another apply of `{estate}` is under way: {holder}; run again when it has ended");
            if (told != holder)
                options.Events?.Report(new(ApplyEventKind.Waiting, null, $"another apply of `{estate}` is under way: {holder}"));
            told = holder;
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(100, 300)), options.Time, token);
        }
    }

    internal static Task<bool> TryAsync(NpgsqlConnection connection, string estate, CancellationToken token) =>
        AskAsync(connection, "select pg_catalog.pg_try_advisory_lock($1, $2)", estate, token);

    /// <summary>Frees the lock at once: the server notices that a connection was closed only a little later, and who comes next would be
    /// refused.</summary>
    internal static async Task ReleaseAsync(NpgsqlConnection connection, string estate)
    {
        try
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await AskAsync(connection, "select pg_catalog.pg_advisory_unlock($1, $2)", estate, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // Broken: the server frees what it held.
        }
    }

    static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, string estate, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = ClassId });
        command.Parameters.Add(new() { Value = KeyOf(estate) });
        return await command.ExecuteScalarAsync(token) is true;
    }
}
