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
    readonly ServerAccess server;
    readonly int key;

    Leadership(NpgsqlConnection connection, ServerAccess server, string estate)
    {
        this.connection = connection;
        this.server = server;
        key = EstateLock.KeyOf(estate);
    }

    /// <summary>Opens a session that may take the lead.</summary>
    /// <param name="server">The server.</param>
    /// <param name="estate">The estate's name.</param>
    /// <param name="who">What it is called in pg_stat_activity.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<Leadership> OpenAsync(ServerAccess server, string estate, string who, CancellationToken token)
    {
        var opened = new Leadership(await server.OpenPlainAsync(null, token), server, estate);
        try
        {
            // The server closes a session soon after its machine went dark, and never because it is idle.
            await opened.AskAsync("""
                select pg_catalog.set_config('application_name', $1, false), pg_catalog.set_config('idle_session_timeout', '0', false),
                       pg_catalog.set_config('tcp_keepalives_idle', '10', false),
                       pg_catalog.set_config('tcp_keepalives_interval', '5', false),
                       pg_catalog.set_config('tcp_keepalives_count', '3', false)
                """, token, who);
            return opened;
        }
        catch
        {
            // Only to close what was opened; the exception goes on.
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the lead, or says who has it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="estate">The estate's name.</param>
    /// <param name="who">What the holder is called in pg_stat_activity.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<(Leadership? Taken, string? Holder)> TakeAsync(ServerAccess server, string estate, string who,
        CancellationToken token)
    {
        var opened = await OpenAsync(server, estate, who, token);
        try
        {
            if (await opened.TryAsync(token) is not { } holder)
                return (opened, null);
            await opened.DisposeAsync();
            return (null, holder);
        }
        catch
        {
            // Only to close what was opened; the exception goes on.
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tries to take the lead.</summary>
    /// <returns>Null where it is taken now; else who has it.</returns>
    internal async Task<string?> TryAsync(CancellationToken token)
    {
        if (await AskAsync("select pg_catalog.pg_try_advisory_lock($1, $2)", token, ClassId, key))
            return null;
        // Not disposed: it looks through this very connection.
        return await new Watcher(server, connection).HolderAsync(ClassId, key, token) ?? "somebody who has just ended";
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
