using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>Runs statements with as few round trips as may be.</summary>
static class Run
{
    /// <summary>All of them in one round trip, and in one transaction if none is under way.</summary>
    internal static async Task AllAsync(NpgsqlConnection connection, IEnumerable<Sql> statements, CancellationToken token)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var statement in statements)
            batch.BatchCommands.Add(new(statement.ToString()));
        await batch.ExecuteNonQueryAsync(token);
    }

    /// <summary>One that must not be in a transaction, or stands alone.</summary>
    internal static async Task OneAsync(NpgsqlConnection connection, Sql statement, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(statement.ToString(), connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>Frees a session's advisory lock. Of a connection that is broken the server frees it, and why it broke is what counts.
    /// </summary>
    internal static async Task UnlockAsync(NpgsqlConnection connection, int lockClass, string? name = null)
    {
        try
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await ScalarAsync(connection, name is null ? "select pg_catalog.pg_advisory_unlock($1, 0)"
                    : "select pg_catalog.pg_advisory_unlock($1, pg_catalog.hashtext($2))", CancellationToken.None,
                    name is null ? [lockClass] : [lockClass, name]);
        }
        catch (NpgsqlException)
        {
            // Noticed only now.
        }
    }

    /// <summary>The first value of a query; null for NULL or no row.</summary>
    internal static async Task<object?> ScalarAsync(NpgsqlConnection connection, string query, CancellationToken token,
        params object[] parameters)
    {
        await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteScalarAsync(token) is var value and not DBNull ? value : null;
    }
}
