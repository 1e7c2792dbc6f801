using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>A relation that a function of policies names without its schema: another of that name may answer for it.</summary>
/// <param name="Name">The real one.</param>
/// <param name="Columns">Its columns.</param>
sealed record Operand(QName Name, IReadOnlyList<(string Name, string Type, char Category)> Columns);

/// <summary>A function that policies call, and the relations in its text.</summary>
/// <param name="Signature">As a lint writes it.</param>
/// <param name="Operands">What it reads.</param>
/// <param name="Tables">Tables whose policies call it.</param>
sealed record Lure(string Signature, IReadOnlyList<Operand> Operands, IReadOnlyList<uint> Tables)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Lure), "lures.sql");

    /// <summary>What closes it whatever is made in pg_temp: the schemas of the real relations first.</summary>
    internal string Fix => $"ALTER FUNCTION {Signature} SET search_path = pg_catalog, "
        + $"{Sql.List(Operands.Select(static each => each.Name.Schema).Distinct().Select(static schema => new Ident(schema)))}, pg_temp;";

    /// <summary>Reads them; the search_path must be empty.</summary>
    internal static async Task<IReadOnlyList<Lure>> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var all = new List<(string Signature, Operand Operand, uint[] Tables)>();
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = surface.Tables.Select(static table => table.Oid).ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        while (await rows.ReadAsync(token))
        {
            var (names, types) = (rows.GetFieldValue<string[]>(3), rows.GetFieldValue<string[]>(4));
            var categories = rows.GetFieldValue<char[]>(5);
            all.Add((rows.GetString(0), new(new(rows.GetString(2), rows.GetString(1)),
                [.. names.Select((name, i) => (name, types[i], categories[i]))]), rows.GetFieldValue<uint[]>(6)));
        }
        return [.. all.GroupBy(static each => each.Signature).Select(static group =>
            new Lure(group.Key, [.. group.Select(static each => each.Operand)], group.First().Tables))];
    }
}
