using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>The one connection of an upkeep: its advisory lock and its work share it, so who lost the lock can do nothing more.</summary>
sealed class Work : IAsyncDisposable
{
    static readonly CatalogQuery Session = CatalogQuery.Load(typeof(Work), "session.sql");

    Work(NpgsqlConnection connection) => Connection = connection;

    internal NpgsqlConnection Connection { get; }

    internal static async Task<Work> OpenAsync(ServerAccess server, string database, CancellationToken token)
    {
        var work = new Work(await server.OpenAdminAsync(database, token));
        await work.RunAsync(Session.AsSql(), token);
        return work;
    }

    internal async Task<int> RunAsync(Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), Connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(token);
    }

    internal async Task<IReadOnlyList<T>> ReadAsync<T>(Sql sql, Func<NpgsqlDataReader, T> read, CancellationToken token,
        params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), Connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter is null
                ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new() { Value = parameter });
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<T>();
        while (await rows.ReadAsync(token))
            found.Add(read(rows));
        return found;
    }

    internal Task<IReadOnlyList<T>> ReadAsync<T>(CatalogQuery query, Func<NpgsqlDataReader, T> read, CancellationToken token,
        params object?[] parameters) => ReadAsync(query.AsSql(), read, token, parameters);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
