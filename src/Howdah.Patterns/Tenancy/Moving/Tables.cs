using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>Reads what the tables of a move are made of.</summary>
static class Tables
{
    static readonly CatalogQuery Columns = CatalogQuery.Load(typeof(Tables), "columns.sql");

    /// <summary>The tables with their columns as they are at the source now, or at home where the source may be half gone.</summary>
    internal static async Task<IReadOnlyList<MovedTable>> ReadAsync(NpgsqlConnection source, string tenantColumn,
        IReadOnlyList<(QName Home, QName Source, QName Target)> names, bool asAtHome, CancellationToken token)
    {
        var columns = names.Select(_ => new List<MovedColumn>()).ToList();
        var keys = names.Select(_ => new SortedDictionary<int, string>()).ToList();
        await using var command = Asking(source, Columns, names.Select(name => asAtHome ? name.Home : name.Source));
        await using var rows = await command.ExecuteReaderAsync(token);
        while (await rows.ReadAsync(token))
        {
            var table = rows.GetInt32(0) - 1;
            columns[table].Add(new(rows.GetString(1), rows.GetString(2), rows.GetBoolean(3), rows.GetBoolean(4), rows.GetBoolean(5)));
            if (rows.GetInt32(6) is > 0 and var place)
                keys[table][place] = rows.GetString(1);
        }
        return [.. names.Select((name, i) => new MovedTable(name.Home, name.Source, name.Target, tenantColumn, columns[i],
            [.. keys[i].Values]))];
    }

    /// <summary>What keeps tables from being moved while they are written to, one sentence each.</summary>
    internal static IEnumerable<string> Problems(IReadOnlyList<MovedTable> tables)
    {
        foreach (var table in tables)
            if (table.Columns.Count == 0)
                yield return $"there is no table {table.Source.Plain}";
            else if (table.Key.Count == 0)
                yield return $"{table.Home.Plain} has no primary key, so changes of its rows cannot be followed: "
                    + $"give it one that begins with {table.TenantColumn}";
            else if (!table.Key.Contains(table.TenantColumn))
                yield return $"the primary key of {table.Home.Plain} does not hold {table.TenantColumn}, so changes of one tenant's rows "
                    + $"cannot be told from others': make it ({table.TenantColumn}, {string.Join(", ", table.Key)})";
    }

    internal static NpgsqlCommand Asking(NpgsqlConnection connection, CatalogQuery query, IEnumerable<QName> tables)
    {
        var all = tables.ToList();
        return new(query.Text, connection)
        {
            Parameters =
            {
                new() { Value = all.Select(table => table.Schema).ToArray() },
                new() { Value = all.Select(table => table.Name).ToArray() },
            },
        };
    }
}
