using Npgsql;

namespace Howdah.Loading;

/// <summary>A table that rows go into, as the catalog describes it.</summary>
/// <param name="Table">Its name, quoted as SQL needs it, with its schema.</param>
/// <param name="Columns">Its columns in order.</param>
public sealed record CopyTarget(string Table, IReadOnlyList<CopyColumn> Columns)
{
    /// <summary>Reads it from the catalog.</summary>
    /// <param name="connection">An open connection to the database.</param>
    /// <param name="schema">The table's schema.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="cancellationToken">To give up.</param>
    /// <exception cref="LoadException">There is no such table, or the database does not check encodings (SQL_ASCII).</exception>
    public static async Task<CopyTarget> ReadAsync(NpgsqlConnection connection, string schema, string table,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var columns = new List<CopyColumn>();
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = schema }, new() { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.GetString(7) == "SQL_ASCII")
            {
                throw new LoadException($"database {connection.Database} has the encoding SQL_ASCII, which lets any bytes in: "
                    + "load into a database with the encoding UTF8");
            }
            columns.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetBoolean(4),
                reader.GetBoolean(5), reader.GetFieldValue<string[]>(6)));
        }
        return columns.Count > 0 ? new($"{Quoted(schema)}.{Quoted(table)}", columns)
            : throw new LoadException($"there is no table {schema}.{table} in database {connection.Database}, or it has no columns");
    }

    internal static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    static readonly string Sql = ReadSql();

    static string ReadSql()
    {
        using var text = new StreamReader(typeof(CopyTarget).Assembly.GetManifestResourceStream("Howdah.Loading.Sql.columns.sql")!);
        return text.ReadToEnd();
    }
}

/// <summary>A column of a table that rows go into.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type's name in <c>pg_type</c>; of a domain, its base type's; <c>enum</c> for any enum.</param>
/// <param name="Declared">Its type as declared, for messages.</param>
/// <param name="Modifier">Its length or precision as the catalog has it, −1 where there is none; of a domain, its base type's.</param>
/// <param name="NotNull">Whether it or its domain takes no NULL.</param>
/// <param name="Generated">Whether the server computes it always, so that no value may be sent.</param>
/// <param name="Labels">The words of its enum, in order; else none.</param>
public sealed record CopyColumn(string Name, string Type, string Declared, int Modifier, bool NotNull, bool Generated,
    IReadOnlyList<string> Labels);
