using System.Diagnostics.CodeAnalysis;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>One connection in the one transaction of a load; or a stream's, in one of its own.</summary>
sealed class LoadSession : IAsyncDisposable
{
    readonly PipelinesSpec spec;
    readonly string zone;
    NpgsqlTransaction? transaction;
    string? lifted;

    LoadSession(PipelinesSpec spec, string zone, NpgsqlConnection connection)
    {
        (this.spec, this.zone) = (spec, zone);
        Connection = connection;
    }

    internal NpgsqlConnection Connection { get; }

    /// <summary>Whether the load runs as the database's owner, who alone can lift the floor.</summary>
    internal bool AsOwner { get; private set; }

    /// <summary>Begins the transaction, alone on the pipeline: who holds the lock has ended its transaction when another gets it.</summary>
    /// <returns>Null where another load of the pipeline is under way and is not waited for.</returns>
    internal static async Task<LoadSession?> BeginAsync(PipelinesSpec spec, string pipeline, NpgsqlConnection connection, bool wait,
        CancellationToken token)
    {
        var session = new LoadSession(spec, spec.Pipelines[pipeline].Format.Zone ?? "UTC", connection);
        await session.StartAsync(token);
        var key = Sql.Of($"pg_catalog.hashtextextended({new Literal($"howdah.load {pipeline}")}, 0)");
        if (wait)
            await session.RunAsync(Sql.Of($"select pg_catalog.pg_advisory_xact_lock({key})"), token);
        else if (await session.ScalarAsync(Sql.Of($"select pg_catalog.pg_try_advisory_xact_lock({key})"), token) is not true)
        {
            await session.DisposeAsync();
            return null;
        }
        await session.BecomeAsync(token);
        return session;
    }

    /// <summary>Begins a transaction beside a load's, with the same role and settings.</summary>
    internal static async Task<LoadSession> JoinAsync(PipelinesSpec spec, string zone, NpgsqlConnection connection, CancellationToken token)
    {
        var session = new LoadSession(spec, zone, connection);
        try
        {
            await session.AgainAsync(token);
            return session;
        }
        catch
        {
            // Only to close the connection; the exception goes on.
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins another transaction; what the former one did not commit is rolled back.</summary>
    internal async Task AgainAsync(CancellationToken token)
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
        await StartAsync(token);
        await BecomeAsync(token);
    }

    async Task StartAsync(CancellationToken token)
    {
        transaction = await Connection.BeginTransactionAsync(token);
        await RunAsync(Sql.Of($"""
            set local search_path = ''; set local statement_timeout = 0; set local lock_timeout = 0; set local datestyle = 'ISO';
            set local idle_in_transaction_session_timeout = 0; set local client_connection_check_interval = '1s';
            set local timezone = {new Literal(zone)}
            """), token);
    }

    async Task BecomeAsync(CancellationToken token)
    {
        AsOwner = await ScalarAsync(
            Sql.Of($"select pg_catalog.pg_has_role(current_user, {new Literal(spec.Owner)}, 'MEMBER')"), token) is true;
        if (AsOwner)
            await RunAsync(Sql.Of($"set local role {new Ident(spec.Owner)}"), token);
    }

    /// <summary>Lifts the floor for this transaction, if tenancy has put one there: a load's rows are many tenants'.</summary>
    internal async Task LiftAsync(CancellationToken token)
    {
        if (AsOwner && await ScalarAsync(Sql.Of($"select pg_catalog.to_regprocedure('howdah.lift_floor()') is not null"), token) is true)
            lifted = await ScalarAsync(Sql.Of($"select howdah.lift_floor()::text[]::text"), token) as string;
    }

    /// <summary>Puts the floor back, and commits.</summary>
    internal async Task RestoreAsync(CancellationToken token)
    {
        if (lifted is not null)
            await RunAsync(Sql.Of($"select howdah.restore_floor({new Literal(lifted)}::pg_catalog.regclass[])"), token);
        lifted = null;
    }

    internal Task CommitAsync(CancellationToken token) => transaction!.CommitAsync(token);

    internal Task RollbackAsync(CancellationToken token) => transaction!.RollbackAsync(token);

    [SuppressMessage("Security", "CA2100", Justification = "Sql holds no raw text")]
    internal async Task<long> RunAsync(Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), Connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(token);
    }

    [SuppressMessage("Security", "CA2100", Justification = "Sql holds no raw text")]
    internal async Task<object?> ScalarAsync(Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), Connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(token) is var value and not DBNull ? value : null;
    }

    /// <summary>Rows of numbers.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Sql holds no raw text")]
    internal async Task<IReadOnlyList<long[]>> NumbersAsync(Sql sql, int most, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), Connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(token);
        var rows = new List<long[]>();
        while (rows.Count < most && await reader.ReadAsync(token))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? 0 : reader.GetInt64(i))]);
        return rows;
    }

    /// <summary>Runs statements that may fail for one row's sake: behind a savepoint.</summary>
    /// <returns>How many rows the last but one of several, or the only one, touched; or the server's refusal of a row.</returns>
    internal async Task<(long Rows, PostgresException? Refusal)> TryAsync(IEnumerable<Sql> statements, CancellationToken token)
    {
        await transaction!.SaveAsync("howdah_rows", token);
        try
        {
            long rows = 0;
            foreach (var statement in statements)
                rows = await RunAsync(statement, token);
            await transaction.ReleaseAsync("howdah_rows", token);
            return (rows, null);
        }
        catch (PostgresException refusal) when (IsOfARow(refusal.SqlState))
        {
            await transaction.RollbackAsync("howdah_rows", token);
            return (0, refusal);
        }
    }

    // Data, constraints, several rows where one may be, what a trigger raises, a view's check.
    static bool IsOfARow(string state) => state[..2] is "22" or "23" or "44" || state is "21000" or "P0001" or "P0004";

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
