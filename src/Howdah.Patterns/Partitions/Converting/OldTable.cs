using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as SQL.</param>
/// <param name="Computed">Whether it is generated from others.</param>
/// <param name="Hashable">Whether its type can be hashed as it is.</param>
/// <param name="Identity">Whether it is an identity.</param>
sealed record OldColumn(string Name, string Type, bool Computed, bool Hashable, bool Identity);

/// <summary>An index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Of what constraint it is: <c>p</c>, <c>u</c>, or empty.</param>
/// <param name="Text">The constraint's definition, or what follows <c>CREATE INDEX … ON table</c>.</param>
/// <param name="Unique">Whether it is unique.</param>
/// <param name="Tablespace">Its tablespace, where it has one of its own.</param>
/// <param name="Comment">Its comment.</param>
/// <param name="ConstraintComment">The constraint's comment.</param>
/// <param name="Identity">Whether it is the replica identity.</param>
sealed record OldIndex(string Name, string Kind, string Text, bool Unique, string? Tablespace, string? Comment, string? ConstraintComment,
    bool Identity);

/// <summary>Something else that is carried over: see carried.sql.</summary>
/// <param name="Part">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its SQL.</param>
sealed record Carried(string Part, string Name, string Text);

/// <summary>The table as it was before, with all that is carried over; kept with the conversion, for the table itself changes.</summary>
/// <param name="Oid">Its oid.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="By">The column to partition by.</param>
/// <param name="ByType">That column's type.</param>
/// <param name="Key">Its primary key.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Indexes">Its indexes, the primary key's first.</param>
/// <param name="Rest">All else that is carried over.</param>
/// <param name="Tablespace">Its tablespace, where it has one of its own.</param>
/// <param name="Storage">Its storage options, as SQL.</param>
/// <param name="Bytes">Its size, indexes included.</param>
/// <param name="Rows">Its estimated rows.</param>
sealed record OldTable(uint Oid, string Schema, string Name, string By, string ByType, IReadOnlyList<string> Key,
    IReadOnlyList<OldColumn> Columns, IReadOnlyList<OldIndex> Indexes, IReadOnlyList<Carried> Rest, string? Tablespace, string? Storage,
    long Bytes, long? Rows)
{
    static readonly CatalogQuery TableQuery = CatalogQuery.Load(typeof(OldTable), "table.sql");
    static readonly CatalogQuery ColumnsQuery = CatalogQuery.Load(typeof(OldTable), "columns.sql");
    static readonly CatalogQuery IndexesQuery = CatalogQuery.Load(typeof(OldTable), "indexes.sql");
    static readonly CatalogQuery CarriedQuery = CatalogQuery.Load(typeof(OldTable), "carried.sql");
    static readonly CatalogQuery ProblemsQuery = CatalogQuery.Load(typeof(OldTable), "problems.sql");

    /// <summary>The name that statements about the new table are read with, before there is a conversion to name it.</summary>
    internal static readonly QName Nameless = new("howdah", "NEW TABLE");

    /// <summary>How it is divided; by time where it was written down before there were other kinds.</summary>
    public Kind Kind { get; init; }

    [JsonIgnore]
    internal QName QName => new(Schema, Name);

    /// <summary>The type of the column to partition by, without how precise it is.</summary>
    [JsonIgnore]
    internal string ByKind => ByType.IndexOf('(', StringComparison.Ordinal) is > 0 and var open
        && ByType.IndexOf(')', open) is > 0 and var close ? ByType.Remove(open, close + 1 - open) : ByType;

    /// <summary>The primary key of the partitioned table.</summary>
    [JsonIgnore]
    internal IReadOnlyList<string> NewKey => Key.Contains(By) ? Key : [.. Key, By];

    /// <summary>The columns that are written.</summary>
    [JsonIgnore]
    internal IEnumerable<string> Written => Columns.Where(static column => !column.Computed).Select(static column => column.Name);

    /// <summary>What is carried over of one kind.</summary>
    internal IEnumerable<Carried> Of(string part) => Rest.Where(each => each.Part == part);

    /// <summary>A statement of <see cref="Rest"/>, about the new table by the name that it has.</summary>
    internal static Sql About(Carried carried, QName table) =>
        Sql.Written(carried.Text.Replace(Nameless.ToString(), table.ToString(), StringComparison.Ordinal));

    /// <summary>All that must not change while a conversion is under way, as one value.</summary>
    [JsonIgnore]
    internal string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        (this with { Bytes = 0, Rows = null }).Write())));

    internal string Write() => JsonSerializer.Serialize(this, ConvertJson.Default.OldTable);

    internal static OldTable Read(string json) => JsonSerializer.Deserialize(json, ConvertJson.Default.OldTable)!;

    /// <summary>Reads the table; null where there is none of that name.</summary>
    internal static async Task<(OldTable Table, IReadOnlyList<string> Problems)?> ReadAsync(NpgsqlConnection connection, QName name,
        string by, Kind kind, bool problems, CancellationToken token)
    {
        var seen = await connection.ListAsync(TableQuery, row => (
            Table: new OldTable(row.GetFieldValue<uint>(0), name.Schema, name.Name, by, row.IsDBNull(5) ? "" : row.GetString(5),
                row.GetFieldValue<string[]>(8), [], [], [], Text(row, 9), Text(row, 10), row.GetInt64(3),
                row.IsDBNull(4) ? null : row.GetInt64(4)) { Kind = kind },
            NotNull: !row.IsDBNull(6) && row.GetBoolean(6), Computed: !row.IsDBNull(7) && row.GetBoolean(7)), token,
            name.Schema, name.Name, by);
        if (seen is not [var found])
            return null;
        var (table, told) = (found.Table, new List<string>());
        if (table.ByType.Length == 0)
            told.Add($"it has no column {by}");
        else if (found.Computed)
            told.Add($"{by} is a generated column, which cannot divide a table");
        else if (!found.NotNull)
            told.Add($"{by} may be null, and a partitioned table has no place for such rows: fill them, then ALTER TABLE "
                + $"{name.Plain} ALTER {new Ident(by)} SET NOT NULL");
        if (table.Key.Count == 0)
            told.Add("it has no primary key, by which rows that change meanwhile would be told apart: add one");
        if (problems)
            told.AddRange(await connection.ListAsync(ProblemsQuery, static row => row.GetString(0), token, table.Oid, by));
        if (told.Count > 0)
            return (table, told);
        return (table with
        {
            Columns = await connection.ListAsync(ColumnsQuery, static row => new OldColumn(row.GetString(0), row.GetString(1),
                row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)), token, table.Oid),
            Indexes = await connection.ListAsync(IndexesQuery, static row => new OldIndex(row.GetString(0), row.GetString(1),
                row.GetString(2), row.GetBoolean(3), Text(row, 4), Text(row, 5), Text(row, 6), row.GetBoolean(7)), token, table.Oid, by),
            Rest = await connection.ListAsync(CarriedQuery, static row => new Carried(row.GetString(0), row.GetString(1),
                row.GetString(2)), token, table.Oid, Nameless.ToString()),
        }, told);
    }

    static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>How the table is written down with its conversion.</summary>
[JsonSerializable(typeof(OldTable))]
sealed partial class ConvertJson : JsonSerializerContext;
