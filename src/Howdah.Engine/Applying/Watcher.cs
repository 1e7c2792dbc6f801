using System.Globalization;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>A second connection that only looks: who holds the lock a step waits for, how far an index build is.</summary>
sealed class Watcher(ServerAccess server, NpgsqlConnection? given = null) : IAsyncDisposable
{
    NpgsqlConnection? connection = given;

    /// <summary>Who blocks a backend, in words without their query's text; null where nobody does.</summary>
    internal Task<string?> BlockerAsync(int backend, CancellationToken token) => TellAsync(
        """
        select a.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(a.state, a.backend_type),
               coalesce(extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start)), 0)::int
        from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) b(pid)
        join pg_catalog.pg_stat_activity a on a.pid = b.pid
        order by a.xact_start nulls last limit 1
        """, backend, token);

    /// <summary>Who holds an advisory lock, in words.</summary>
    internal Task<string?> HolderAsync(int classid, int objid, CancellationToken token) => TellAsync(
        $"""
        select a.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(a.state, a.backend_type),
               coalesce(extract(epoch from clock_timestamp() - a.backend_start), 0)::int
        from pg_catalog.pg_locks l
        join pg_catalog.pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid::bigint = $1::bigint & 4294967295
          and l.objid::bigint = {objid.ToString(CultureInfo.InvariantCulture)}::bigint & 4294967295
        limit 1
        """, classid, token);

    /// <summary>Whether a backend of another time still lives.</summary>
    internal async Task<bool> LivesAsync(int pid, DateTime start, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_catalog.pg_stat_activity where pid = $1 and backend_start = $2)", await OpenAsync(token));
        command.Parameters.Add(new() { Value = pid });
        command.Parameters.Add(new() { Value = start });
        return await command.ExecuteScalarAsync(token) is true;
    }

    /// <summary>Looks, where looking is only a courtesy: a failure of it must not fail the step that is watched.</summary>
    internal async Task<string?> LookAsync(Func<Watcher, Task<string?>> look)
    {
        try
        {
            return await look(this);
        }
        catch (Exception e) when (e is PostgresException or InvalidOperationException or OperationCanceledException || PgErrors.IsLost(e))
        {
            await DisposeAsync();
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        connection = null;
    }

    async Task<string?> TellAsync(string query, int parameter, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query, await OpenAsync(token));
        command.Parameters.Add(new() { Value = parameter });
        await using var row = await command.ExecuteReaderAsync(token);
        if (!await row.ReadAsync(token))
            return null;
        var application = row.GetString(2).Length > 0 ? $", application {row.GetString(2)}" : "";
        return $"pid {row.GetInt32(0)} (user {row.GetString(1)}{application}, {row.GetString(3)} for {row.GetInt32(4)} s)";
    }

    async Task<NpgsqlConnection> OpenAsync(CancellationToken token) => connection is { State: System.Data.ConnectionState.Open } open
        ? open : connection = await server.OpenPlainAsync(null, token);
}
