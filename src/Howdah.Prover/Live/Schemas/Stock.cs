using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Schemas;

/// <summary>Tables with their columns, and marker rows in them: copies of a row that is there, or made up.</summary>
sealed class Stock(IReadOnlyDictionary<uint, TenantTable> tables)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Stock), "columns.sql");

    // Tables told apart by their schema have no column that tells the tenant.
    static readonly Column None = new(0, "", "", 'X', false, false, false, false, false);

    internal TenantTable? Find(uint oid) => tables.GetValueOrDefault(oid);

    internal static async Task<Stock> ReadAsync(NpgsqlConnection connection, IEnumerable<uint> oids, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(Neighborhood.Oids(oids.Distinct()));
        await using var rows = await command.ExecuteReaderAsync(token);
        var seen = new List<(TenantTable Table, Column Column)>();
        while (await rows.ReadAsync(token))
        {
            seen.Add((new(rows.GetFieldValue<uint>(0), new(rows.GetString(12), rows.GetString(13)), rows.GetChar(10),
                rows.GetFieldValue<uint>(11), false, false, -1, 0, None, []), new(rows.GetInt16(1), rows.GetString(2), rows.GetString(3),
                rows.GetChar(4), rows.GetBoolean(5), rows.GetBoolean(6), rows.GetBoolean(7), rows.GetBoolean(8), rows.GetBoolean(9))));
        }
        return new(seen.GroupBy(static each => each.Table.Oid).ToDictionary(static group => group.Key,
            static group => group.First().Table with { Columns = [.. group.Select(static each => each.Column)] }));
    }

    /// <summary>Plants a marker row as a superuser; null where none can be made.</summary>
    internal async Task<Marker?> PlantAsync(Ring ring, uint oid, CancellationToken token)
    {
        if (Find(oid) is not { Kind: 'r' or 'p' } table)
            return null;
        var place = await Markers.PlantAsync(ring, table, "", template: true, 2, token)
            ?? await Markers.PlantAsync(ring, table, "", template: false, 2, token);
        if (place is null)
            return null;
        var open = table.Columns.Where(static column => !column.Generated).ToList();
        var list = Sql.Join(", ", open.Select(static column => Sql.Of($"pg_catalog.quote_nullable({new Ident(column.Name)}::text)")));
        var rows = await ring.RowsAsync(Sql.Of($"select {list} from {table.Name} where {place.Where}"), token);
        return rows is not [var row] ? null : new(place, open.Select((column, i) =>
            (column.Number, Value: Sql.Of($"{Sql.Written(row[i]!)}::{Sql.Written(column.Type)}")))
            .ToDictionary(static each => each.Number, static each => each.Value));
    }

    /// <summary>
    /// An INSERT of the marker's values, into the same table or by its columns' names into another; null where a column would take its
    /// default, which may burn a number of a sequence, or where not all names fit.
    /// </summary>
    internal static Sql? Insert(TenantTable from, Marker marker, Sql into, IReadOnlyList<Column> columns)
    {
        var pairs = columns.Where(static column => !column.Generated).Select(column => (column.Name,
            Value: from.Columns.FirstOrDefault(each => each.Name == column.Name) is { } source
                ? marker.Values.GetValueOrDefault(source.Number) : null)).ToList();
        if (pairs.Count == 0 || pairs.Exists(static pair => pair.Value is null))
            return null;
        return Sql.Of($"insert into {into} ({Sql.List(pairs.Select(static pair => new Ident(pair.Name)))}) overriding system value "
            + $"values "
            + $"({Sql.Join(", ", pairs.Select(static pair => pair.Value!))})");
    }
}

/// <summary>A marker row: where it is, and each column as a literal.</summary>
sealed record Marker(Place Place, IReadOnlyDictionary<short, Sql> Values);
