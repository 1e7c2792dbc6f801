using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>Rows are loaded as they were, without triggers and so without foreign keys; whether they hold is asked afterwards.</summary>
static class ForeignKeys
{
    static readonly CatalogQuery Keys = CatalogQuery.Load(typeof(ForeignKeys), "keys.sql");

    sealed record Reference(string Name, QName From, QName To, string[] Columns, string[] Referred);

    /// <summary>Looks for rows that refer to nothing.</summary>
    /// <exception cref="ArchiveException">There are some.</exception>
    internal static async Task CheckAsync(NpgsqlConnection connection, TenantGround ground, IReadOnlyList<MovedTable> tables,
        CancellationToken token)
    {
        var keys = new List<Reference>();
        await using (var command = Tables.Asking(connection, Keys, tables.Select(static table => table.Target)))
        {
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                keys.Add(new(rows.GetString(0), new(rows.GetString(1), rows.GetString(2)), new(rows.GetString(3), rows.GetString(4)),
                    rows.GetFieldValue<string[]>(5), rows.GetFieldValue<string[]>(6)));
        }
        foreach (var key in keys)
        {
            var filled = Sql.Join(" and ", key.Columns.Select(static column => Sql.Of($"f.{new Ident(column)} is not null")));
            var same = Sql.Join(" and ", key.Columns.Zip(key.Referred, static (from, to) =>
                Sql.Of($"t.{new Ident(to)} = f.{new Ident(from)}")));
            var table = tables.First(table => table.Target == key.From);
            if (await connection.OneAsync<long>(Sql.Of($"""
                select pg_catalog.count(*) from {key.From} f where f.{ground.Side.Mine(table)} and {filled}
                  and not exists (select from {key.To} t where {same})
                """), token) is > 0 and var lost)
                throw new ArchiveException($"{lost} rows of {table.Home.Plain} refer by {key.Name} to rows of {key.To.Name} that are not "
                    + "here: put those in first (a shared table?), then run the import again, or give it up with --abort");
        }
    }
}
