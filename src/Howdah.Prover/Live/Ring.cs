using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>One connection in one transaction that is rolled back unless it is told otherwise, with short time-outs.</summary>
sealed class Ring : IAsyncDisposable
{
    readonly NpgsqlTransaction transaction;
    readonly string path;

    Ring(NpgsqlConnection connection, NpgsqlTransaction transaction, string path, bool super)
    {
        Connection = connection;
        Super = super;
        this.transaction = transaction;
        this.path = path;
    }

    internal NpgsqlConnection Connection { get; }

    /// <summary>Whether it can become every other role.</summary>
    internal bool Super { get; }

    /// <summary>How tenants are entered in it.</summary>
    internal Entrance Entrance { get; init; } = Entrance.Plain;

    /// <summary>Begins. As a superuser, triggers and checks of foreign keys stay silent: nothing that an attack does can reach
    /// further.</summary>
    internal static async Task<Ring> EnterAsync(NpgsqlConnection connection, bool super, CancellationToken token,
        Entrance? entrance = null)
    {
        var transaction = await connection.BeginTransactionAsync(token);
        await using var path = new NpgsqlCommand("select current_setting('search_path')", connection, transaction);
        var ring = new Ring(connection, transaction, (string)(await path.ExecuteScalarAsync(token))!, super)
        {
            Entrance = entrance ?? Entrance.Plain,
        };
        await ring.RunAsync(Sql.Of($"set local lock_timeout = '100ms'; set local statement_timeout = '5s'; set local search_path = ''; "
            + $"set local jit = off"), token);
        if (super)
            await ring.RunAsync(Sql.Of($"set local session_replication_role = replica"), token);
        return ring;
    }

    internal async Task<int> RunAsync(Sql statement, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(statement.ToString(), Connection, transaction);
        return await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>The rows of a query as text; no row where there is none.</summary>
    internal async Task<List<string?[]>> RowsAsync(Sql query, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query.ToString(), Connection, transaction);
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<string?[]>();
        while (await rows.ReadAsync(token))
        {
            var row = new string?[rows.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = rows.IsDBNull(i) ? null : rows.GetString(i);
            all.Add(row);
        }
        return all;
    }

    /// <summary>Does something that stays where it works, and is undone where the server refuses.</summary>
    internal async Task<(T? Result, PostgresException? Refusal)> TryAsync<T>(Func<Task<T>> attempt, CancellationToken token)
    {
        const string Point = "howdah_try";
        await transaction.SaveAsync(Point, token);
        try
        {
            var result = await attempt();
            await transaction.ReleaseAsync(Point, token);
            return (result, null);
        }
        catch (PostgresException refusal)
        {
            await transaction.RollbackAsync(Point, token);
            return (default, refusal);
        }
    }

    /// <summary>Does something as another role and takes it back, whatever it was.</summary>
    internal async Task<T> AsAsync<T>(string? role, Func<Task<T>> work, CancellationToken token)
    {
        var begun = true;
        try
        {
            // Policies may call functions that trust the path that everybody has. All in one round trip: this is done very often.
            var become = role is null ? null : Sql.Of($"set local session authorization {new Ident(role)};");
            try
            {
                await RunAsync(Sql.Of($"""
                    savepoint howdah_role; {become} select pg_catalog.set_config('search_path', {new Literal(path)}, true)
                    """), token);
            }
            catch (PostgresException failed) when (failed.SqlState == PostgresErrorCodes.InFailedSqlTransaction)
            {
                begun = false;
                throw;
            }
            return await work();
        }
        finally
        {
            // Released too, so that nested ones of the same name each take back their own.
            if (begun && Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await RunAsync(Sql.Of($"rollback to savepoint howdah_role; release savepoint howdah_role"), token);
        }
    }

    /// <summary>Keeps what was done: only for what was asked for and leaves no row.</summary>
    internal Task CommitAsync(CancellationToken token) => transaction.CommitAsync(token);

    public async ValueTask DisposeAsync() => await transaction.DisposeAsync();
}
