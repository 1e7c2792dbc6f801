using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>A foreign key between tenants' tables, or a check that calls functions.</summary>
/// <param name="Kind"><c>f</c> or <c>c</c>.</param>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Target">The table pointed at; 0 for a check.</param>
/// <param name="TargetColumns">The columns pointed at.</param>
/// <param name="Triggered">Whether triggers of people would run on an insert into the table.</param>
/// <param name="Cure">What makes the functions of a check see no more than the caller.</param>
sealed record Bond(
    char Kind, uint Table, string Name, IReadOnlyList<short> Columns, uint Target, IReadOnlyList<short> TargetColumns, bool Triggered,
    string Cure)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Bond), "bonds.sql");

    /// <summary>Reads those of many tables at once.</summary>
    internal static async Task<ILookup<uint, Bond>> ReadAsync(NpgsqlConnection connection, IEnumerable<uint> tables,
        CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Bond>();
        while (await rows.ReadAsync(token))
            all.Add(new(rows.GetChar(0), rows.GetFieldValue<uint>(1), rows.GetString(2), rows.GetFieldValue<short[]>(3),
                rows.GetFieldValue<uint>(4), rows.GetFieldValue<short[]>(5), rows.GetBoolean(6), rows.GetString(7)));
        return all.ToLookup(static bond => bond.Table);
    }

    /// <summary>What closes it: the tenant of the row itself in the place of the one it names, or a word on what to do.</summary>
    internal string Fix(TenantTable table, TenantTable? target)
    {
        if (Kind == 'c')
            return Cure.Length > 0 ? Cure : $"-- Take out of {new Ident(Name)} on {table.Name} what looks at other rows than its own.";
        var at = TargetColumns.ToList().IndexOf(target!.TenantColumn.Number);
        if (at < 0)
            return $"-- Put the tenant into {new Ident(Name)} on {table.Name}: FOREIGN KEY ({new Ident(table.TenantColumn.Name)}, …).";
        var from = Columns.Select((number, i) => i == at ? table.TenantColumn.Number : number);
        var drop = Sql.Of($"ALTER TABLE {table.Name} DROP CONSTRAINT {new Ident(Name)};");
        return $"{drop} " + Sql.Of($"""
            ALTER TABLE {table.Name} ADD CONSTRAINT {new Ident(Name)} FOREIGN KEY ({Names(table, from)})
            """) + Sql.Of($" REFERENCES {target.Name} ({Names(target, TargetColumns)});");
    }

    static Sql Names(TenantTable table, IEnumerable<short> numbers) => Sql.List(numbers.Select(number =>
        new Ident(table.Columns.First(column => column.Number == number).Name)));
}
