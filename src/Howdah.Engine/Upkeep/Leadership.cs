using Howdah.Engine.Applying;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Upkeep;

/// <summary>
/// Who looks after an estate on one server: the one session that holds an advisory lock there. The lock ends with the session, so nobody
/// has to notice that a leader died, and no clock is compared.
/// </summary>
sealed class Leadership : IAsyncDisposable
{
    internal const int ClassId = 0x484F5750; // "HOWP"

    readonly NpgsqlConnection connection;
    readonly int key;

    Leadership(NpgsqlConnection connection, int key)
    {
        this.connection = connection;
        this.key = key;
    }

    /// <summary>Takes the lead, or says who has it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="estate">The estate's name.</param>
    /// <param name="who">What the holder is called in pg_stat_activity.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<(Leadership? Taken, string? Holder)> TakeAsync(ServerAccess server, string estate, string who,
        CancellationToken token)
    {
        var taken = new Leadership(await server.OpenAdminAsync(null, token), EstateLock.KeyOf(estate));
        try
        {
            // The server closes a session soon after its machine went dark, and never because it is idle.
            await taken.AskAsync("""
                select pg_catalog.set_config('application_name', $1, false), pg_catalog.set_config('idle_session_timeout', '0', false),
                       pg_catalog.set_config('tcp_keepalives_idle', '10', false),
                       pg_catalog.set_config('tcp_keepalives_interval', '5', false),
                       pg_catalog.set_config('tcp_keepalives_count', '3', false)
                """, token, who);
            if (await taken.AskAsync("select pg_catalog.pg_try_advisory_lock($1, $2)", token, ClassId, taken.key))
                return (taken, null);
            await using var watcher = new Watcher(server);
            var holder = await watcher.HolderAsync(ClassId, taken.key, token);
            await taken.DisposeAsync();
            return (null, holder ?? "somebody who has just ended");
        }
        catch
        {
            // Only to close what was opened; the exception goes on.
            await taken.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Whether this session still leads. Asked of the very connection, and of the list of locks: behind a pooler that changes sessions
    /// the connection may live and the lock be another's.
    /// </summary>
    internal async Task<bool> HoldsAsync(CancellationToken token)
    {
        try
        {
            return await AskAsync("""
                select exists (select from pg_catalog.pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 2
                  and l.pid = pg_catalog.pg_backend_pid() and l.classid::bigint = $1::bigint & 4294967295
                  and l.objid::bigint = $2::bigint & 4294967295)
                """, token, ClassId, key);
        }
        catch (Exception lost) when (PgErrors.IsLost(lost) || lost is InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Gives the lead up.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    async Task<bool> AskAsync(string query, CancellationToken token, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 10 };
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteScalarAsync(token) is true;
    }
}
