using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>A conversion as the database remembers it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Step">How far it is.</param>
/// <param name="Old">The table as it was at the beginning.</param>
/// <param name="Blocks">How many pages are copied: those that the table had when its changes began to be caught.</param>
/// <param name="File">The table's file then.</param>
sealed record Conversion(long Id, ConversionStep Step, OldTable Old, long Blocks, uint File)
{
    static readonly CatalogQuery Tables = CatalogQuery.Load(typeof(Conversion), "tables.sql");

    /// <summary>The new table, until it has its name, and after it lost it again.</summary>
    internal QName New => new(Old.Schema, $"howdah_convert_{Id}");

    /// <summary>The table as it was, while the new one has its name.</summary>
    internal QName Parked => new("howdah", $"before_{Id}");

    /// <summary>Keys of rows that changed in the table as it was.</summary>
    internal QName Changes => new("howdah", $"changes_{Id}");

    /// <summary>Keys of rows that changed in the new table.</summary>
    internal QName ChangesBack => new("howdah", $"changes_back_{Id}");

    /// <summary>The name of the new table's nth index, sequence or statistics object until it has its own.</summary>
    internal Ident Unnamed(string kind, int number) => new($"howdah_convert_{Id}_{kind}{number}");

    /// <summary>Makes the tables that remember, where they are not there yet.</summary>
    internal static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken token)
    {
        if (await connection.OneAsync<bool>(Sql.Of($"select pg_catalog.to_regclass('howdah.conversion_chunk') is null"), token))
            await connection.ExecuteAsync(Tables.AsSql(), token);
    }

    /// <summary>The conversion of a table that is not finished; null where there is none.</summary>
    internal static async Task<Conversion?> FindAsync(NpgsqlConnection connection, QName table, CancellationToken token) =>
        (await connection.ListAsync(Sql.Of($"""
            select id, step, old::text, coalesce(blocks, 0), coalesce(filenode, 0) from howdah.conversion
            where schema_name = {new Literal(table.Schema)} and table_name = {new Literal(table.Name)} and finished is null
            """), static row => new Conversion(row.GetInt64(0), ConversionSteps.Read(row.GetString(1)), OldTable.Read(row.GetString(2)),
            row.GetInt64(3), row.GetFieldValue<uint>(4)), token)).FirstOrDefault();

    /// <summary>Writes a new one down.</summary>
    internal static async Task<Conversion> BeginAsync(NpgsqlConnection connection, OldTable old, CancellationToken token) =>
        new(await connection.OneAsync<long>(Sql.Of($"""
            insert into howdah.conversion (schema_name, table_name, step, old) values ({new Literal(old.Schema)}, {new Literal(old.Name)},
              {new Literal(ConversionStep.Building.Word())}, {new Literal(old.Write())}::jsonb) returning id
            """), token), ConversionStep.Building, old, 0, 0);

    /// <summary>Writes down the next step.</summary>
    internal async Task<Conversion> StepAsync(NpgsqlConnection connection, ConversionStep next, CancellationToken token)
    {
        await connection.ExecuteAsync(Sql.Of($"update howdah.conversion set step = {new Literal(next.Word())} where id = {Id}"), token);
        return this with { Step = next };
    }

    /// <summary>Writes down that it ended.</summary>
    internal Task FinishAsync(NpgsqlConnection connection, string outcome, CancellationToken token) => connection.ExecuteAsync(Sql.Of($"""
        update howdah.conversion set finished = pg_catalog.now(), outcome = {new Literal(outcome)} where id = {Id}
        """), token);

    /// <summary>What all runs of it have come to: rows copied, and the longest lock in milliseconds.</summary>
    internal async Task<(long Rows, double Longest)> TotalsAsync(NpgsqlConnection connection, CancellationToken token) =>
        (await connection.ListAsync(Sql.Of($"""
            select (select coalesce(sum(k.rows), 0)::bigint from howdah.conversion_chunk k where k.conversion = c.id), c.longest_ms
            from howdah.conversion c where c.id = {Id}
            """),
            static row => (row.GetInt64(0), row.GetDouble(1)), token)).Single();
}
