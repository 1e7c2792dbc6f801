using System.Data;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Prover.Pooled;

/// <summary>A connection of the server's, told from every other by when it began: process ids come again.</summary>
readonly record struct Backend(int Pid, DateTime? Since);

/// <summary>One client of the pooler, as an application's process would be one. It works in transactions only.</summary>
sealed class Client : IAsyncDisposable
{
    /// <summary>How long a client waits for a server connection before it takes the pool to be full, in seconds.</summary>
    internal const int Patience = 3;

    // Read where the transaction runs, and bound it; time-outs set so end with the transaction.
    const string Look = "select pg_backend_pid(), (select backend_start from pg_stat_get_activity(pg_backend_pid())), "
        + "set_config('lock_timeout', '100ms', true), set_config('statement_timeout', '5s', true)";

    readonly NpgsqlConnection connection;
    NpgsqlTransaction? transaction;

    Client(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>The process id told at login; a pooler tells one of its own making.</summary>
    internal int Told => connection.ProcessID;

    /// <summary>Whether it can still be used.</summary>
    internal bool Open => connection.FullState.HasFlag(ConnectionState.Open);

    /// <summary>A way in for clients.</summary>
    /// <param name="connectionString">The application's.</param>
    /// <param name="timeout">How long logging in may take, in seconds; null: as long as the application waits.</param>
    internal static NpgsqlDataSource Way(string connectionString, int? timeout)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        // What the driver itself would pool, prepare, reset or ask would be taken for the pooler's doing.
        builder.ConfigureTypeLoading(static loading => loading.EnableTypeLoading(false));
        var settings = builder.ConnectionStringBuilder;
        (settings.Pooling, settings.Enlist, settings.Multiplexing, settings.MaxAutoPrepare) = (false, false, false, 0);
        (settings.ApplicationName, settings.CommandTimeout, settings.CancellationTimeout) = ("howdah check", 10, 1000);
        settings.Timeout = timeout ?? settings.Timeout;
        return builder.Build();
    }

    /// <summary>Logs in.</summary>
    internal static async Task<Client> OpenAsync(NpgsqlDataSource way, CancellationToken token) =>
        new(await way.OpenConnectionAsync(token));

    /// <summary>Begins a transaction.</summary>
    /// <returns>Where it runs; null where the pooler had no server connection to give in time, and the client is lost.</returns>
    internal async Task<Backend?> BeginAsync(CancellationToken token)
    {
        transaction = await connection.BeginTransactionAsync(token);
        await using var command = new NpgsqlCommand(Look, connection, transaction) { CommandTimeout = Patience };
        try
        {
            await using var row = await command.ExecuteReaderAsync(token);
            await row.ReadAsync(token);
            return new(row.GetInt32(0), row.IsDBNull(1) ? null : row.GetDateTime(1));
        }
        catch (NpgsqlException late) when (late.InnerException is TimeoutException)
        {
            await connection.CloseAsync();
            return null;
        }
    }

    /// <summary>Runs statements that return nothing.</summary>
    internal async Task RunAsync(Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection, transaction);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>The first value of a query.</summary>
    internal async Task<T?> AskAsync<T>(Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection, transaction);
        return await command.ExecuteScalarAsync(token) is T value ? value : default;
    }

    /// <summary>Whether a server connection is still there.</summary>
    internal async Task<bool> SeesAsync(Backend backend, CancellationToken token)
    {
        // Else a transaction sees to its end what it saw first.
        await RunAsync(Sql.Of($"select pg_stat_clear_snapshot()"), token);
        return await AskAsync<bool>(Questions.Alive(backend), token);
    }

    /// <summary>Tries something that the server may refuse; the transaction goes on, and what was done is undone.</summary>
    internal async Task<(T? Result, PostgresException? Refusal)> TryAsync<T>(Func<Task<T>> attempt, CancellationToken token)
    {
        const string Point = "howdah_attempt";
        await transaction!.SaveAsync(Point, token);
        try
        {
            var result = await attempt();
            await transaction.RollbackAsync(Point, token);
            return (result, null);
        }
        catch (PostgresException refusal)
        {
            await transaction.RollbackAsync(Point, token);
            return (default, refusal);
        }
    }

    /// <summary>Does something that stays where it works; where the server refuses, the transaction goes on without it.</summary>
    internal async Task KeepAsync(Func<Task> deed, CancellationToken token)
    {
        const string Point = "howdah_deed";
        await transaction!.SaveAsync(Point, token);
        try
        {
            await deed();
            await transaction.ReleaseAsync(Point, token);
        }
        catch (PostgresException)
        {
            await transaction.RollbackAsync(Point, token);
        }
    }

    /// <summary>Has a statement cancelled while it runs, by a request through the pooler, as a driver's time-out does.</summary>
    internal async Task CancelAsync(TimeProvider time, CancellationToken token)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(150), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, token);
        try
        {
            await RunAsync(Sql.Of($"select pg_sleep(3)"), either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // As meant.
        }
        catch (NpgsqlException)
        {
            // The pooler let the client go: that is an end, too.
        }
    }

    /// <summary>Ends a transaction that another client has left.</summary>
    internal async Task HealAsync(CancellationToken token)
    {
        await using var command = new NpgsqlCommand("rollback", connection);
        await command.ExecuteNonQueryAsync(token);
    }

    internal async Task CommitAsync(CancellationToken token)
    {
        await transaction!.CommitAsync(token);
        transaction = null;
    }

    internal async Task RollbackAsync(CancellationToken token)
    {
        if (Open && transaction is not null)
            await transaction.RollbackAsync(token);
        transaction = null;
    }

    /// <summary>Leaves as it is, also in the middle of a transaction.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
