using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>Statements of a conversion on its connections. None has a time limit: building an index takes as long as it takes.</summary>
static class Statements
{
    internal static async Task<int> ExecuteAsync(this NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(token);
    }

    internal static async Task<T?> OneAsync<T>(this NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(token) is T value ? value : default;
    }

    internal static Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, CatalogQuery query, Func<NpgsqlDataReader, T> read,
        CancellationToken token, params object[] values) => connection.ListAsync(query.AsSql(), read, token, values);

    internal static async Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, Sql sql, Func<NpgsqlDataReader, T> read,
        CancellationToken token, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 0 };
        foreach (var value in values)
            command.Parameters.Add(value is uint oid ? new() { Value = oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid }
                : new() { Value = value });
        await using var rows = await command.ExecuteReaderAsync(token);
        var list = new List<T>();
        while (await rows.ReadAsync(token))
            list.Add(read(rows));
        return list;
    }

    /// <summary>Names of columns with commas between, with <paramref name="table"/> before each where it is given.</summary>
    internal static Sql Columns(this IEnumerable<string> names, Sql? table = null) =>
        Sql.Join(", ", names.Select(name => table is null ? Sql.Of($"{new Ident(name)}") : Sql.Of($"{table}.{new Ident(name)}")));

    /// <summary>That two rows have the same key.</summary>
    internal static Sql Same(this IEnumerable<string> key, Sql one, Sql other) =>
        Sql.Join(" and ", key.Select(name => Sql.Of($"{one}.{new Ident(name)} = {other}.{new Ident(name)}")));
}
