using Howdah.Engine.Catalogs;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>A unique index or exclusion constraint.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">The constraint's name, or the index's.</param>
/// <param name="Exclusion">Whether it is an exclusion constraint.</param>
/// <param name="Named">Whether ON CONFLICT can name it by its columns.</param>
/// <param name="Telling">Whether it can tell of others: without the tenant, and of values that can be guessed, as a random uuid
/// cannot.</param>
/// <param name="Columns">All columns it depends on.</param>
/// <param name="Fix">The statements that put the tenant into it.</param>
sealed record Key(uint Table, string Name, bool Exclusion, bool Named, bool Telling, IReadOnlyList<short> Columns, string Fix)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Key), "keys.sql");

    /// <summary>Reads those of many tables at once.</summary>
    internal static async Task<ILookup<uint, Key>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<TenantTable> tables,
        CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.Select(static table => table.Oid).ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = tables.Select(static table => table.TenantColumn.Name).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Key>();
        while (await rows.ReadAsync(token))
            all.Add(new(rows.GetFieldValue<uint>(0), rows.GetString(1), rows.GetBoolean(2), rows.GetBoolean(3), rows.GetBoolean(4),
                rows.GetFieldValue<short[]>(5), rows.GetString(6)));
        return all.ToLookup(static key => key.Table);
    }
}
