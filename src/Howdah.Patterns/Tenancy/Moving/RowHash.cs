using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>How many rows, and a hash over them in the order of their key. Equal hashes are equal rows.</summary>
readonly record struct RowHash(long Count, string? Hash)
{
    // Rows of one hash before hashes are hashed: no text ever gets near the server's limit of 1 GB.
    const int Group = 1_000;

    /// <summary>Hashes all of the tenant's rows in a table. The order is that of the key's text by bytes: the same on every server,
    /// whatever its
    /// collations.</summary>
    internal static Task<RowHash> WholeAsync(NpgsqlConnection connection, Side side, MovedTable table, QName name,
        CancellationToken token) =>
        ReadAsync(connection, Sql.Of($"""
            select pg_catalog.sum(n)::bigint, pg_catalog.md5(pg_catalog.string_agg(h, '' order by g))
            from (select k / {Group} as g, pg_catalog.count(*) as n, pg_catalog.md5(pg_catalog.string_agg(r, '' order by k)) as h
                  from (select pg_catalog.md5({Row(table)}) as r, pg_catalog.row_number() over (order by {Order(table)}) as k
                        from {name} t where {side.Mine(table)}) rows
                  group by 1) groups
            """), token);

    /// <summary>Counts all rows and hashes those of some keys.</summary>
    internal static async Task<RowHash> OfAsync(NpgsqlConnection connection, Side side, MovedTable table, QName name,
        IReadOnlyList<IReadOnlyList<string?>> keys, CancellationToken token)
    {
        var count = await connection.OneAsync<long>(Sql.Of($"select pg_catalog.count(*) from {name} where {side.Mine(table)}"), token);
        if (keys.Count == 0)
            return new(count, null);
        var names = Sql.Join(", ", table.Key.Select((_, i) => Sql.Of($"k{i}")));
        var same = Sql.Join(" and ", table.Key.Select((column, i) =>
            Sql.Of($"t.{new Ident(column)} = w.k{i}::{Sql.Written(table[column].Type)}")));
        await using var command = new NpgsqlCommand(Sql.Of($"""
            select {count}::bigint, pg_catalog.md5(pg_catalog.string_agg(pg_catalog.md5({Row(table)}), '' order by {Order(table)}))
            from rows from ({Sql.Join(", ", table.Key.Select((_, i) => Sql.Of($"pg_catalog.unnest(${i + 1}::text[])")))}) w({names})
            join {name} t on {same} and {side.Mine(table)}
            """).ToString(), connection);
        for (var i = 0; i < table.Key.Count; i++)
            command.Parameters.Add(new() { Value = keys.Select(key => key[i]).ToArray() });
        return await ReadAsync(command, token);
    }

    static async Task<RowHash> ReadAsync(NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        return await ReadAsync(command, token);
    }

    static async Task<RowHash> ReadAsync(NpgsqlCommand command, CancellationToken token)
    {
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return new(row.IsDBNull(0) ? 0 : row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1));
    }

    // Generated columns too: a server that computes them otherwise is found out.
    static Sql Row(MovedTable table) =>
        Sql.Of($"row({Sql.Join(", ", table.Columns.Select(column => Sql.Of($"t.{new Ident(column.Name)}")))})::text");

    static Sql Order(MovedTable table) =>
        Sql.Join(", ", table.Key.Select(column => Sql.Of($"t.{new Ident(column)}::text collate \"C\"")));
}
