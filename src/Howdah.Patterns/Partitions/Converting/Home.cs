using Howdah.Engine;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>The database where a table is converted: connections to it, and the lock that lets one run at a time work at a table.</summary>
/// <param name="session">The estate.</param>
/// <param name="spec">Its declared partitions.</param>
/// <param name="table">The table.</param>
/// <param name="time">Measures waits.</param>
sealed class Home(Session session, PartitionsSpec spec, QName table, TimeProvider time) : IAsyncDisposable
{
    const int Class = 0x484F5743; // "HOWC"

    NpgsqlConnection? main;

    /// <summary>The connection that holds the lock, for short work.</summary>
    internal NpgsqlConnection Main => main ?? throw new InvalidOperationException("not entered");

    // One lock for the run, one for each of its workers.
    Sql Key(string of) => Sql.Of($"{Class}, pg_catalog.hashtext({new Literal($"{of} {table}")})");

    /// <summary>Connects and takes the lock; waits for what a run that was killed left behind on the server.</summary>
    /// <exception cref="ConvertException">Another run works at the table.</exception>
    internal async Task EnterAsync(CancellationToken token)
    {
        main = await ConnectAsync(token);
        for (var attempt = 1; !await main.OneAsync<bool>(Sql.Of($"select pg_catalog.pg_try_advisory_lock({Key("run")})"), token); attempt++)
        {
            if (attempt == 50)
                throw new ConvertException($"somebody else is at work on {table.Plain} right now: wait until that has ended");
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, token);
        }
        await main.ExecuteAsync(Sql.Of($"""
            set lock_timeout = '60s';
            select pg_catalog.pg_advisory_lock({Key("work")}), pg_catalog.pg_advisory_unlock({Key("work")});
            set lock_timeout = 0
            """), token);
    }

    /// <summary>A connection for one stream of work.</summary>
    internal async Task<NpgsqlConnection> WorkerAsync(CancellationToken token)
    {
        var connection = await ConnectAsync(token);
        // Once the run's own end is settled nobody waits for the other one, so that this never waits long.
        await connection.ExecuteAsync(Sql.Of($"select pg_catalog.pg_advisory_lock_shared({Key("work")})"), token);
        return connection;
    }

    async Task<NpgsqlConnection> ConnectAsync(CancellationToken token)
    {
        var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
        try
        {
            // Row security that hid rows from whoever copies would lose them: an error instead. A backend whose client is gone ends soon.
            await connection.ExecuteAsync(Sql.Of($"""
                set application_name = 'howdah partition convert'; set search_path = ''; set row_security = off; set statement_timeout = 0;
                set idle_in_transaction_session_timeout = 0; set default_transaction_isolation = 'read committed';
                set default_transaction_read_only = off; set timezone = 'UTC'; set datestyle = 'ISO';
                do $$ begin
                  perform pg_catalog.set_config('client_connection_check_interval', '500ms', false);
                exception when invalid_parameter_value then null;
                end $$
                """), token);
            return connection;
        }
        catch
        {
            // Only to close it; the exception goes on.
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (main is not null)
            await main.DisposeAsync();
    }
}
