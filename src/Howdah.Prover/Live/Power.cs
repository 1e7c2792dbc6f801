using Howdah.Engine.Catalogs;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>What a role may do to the structure of a table, by the server's own word.</summary>
/// <param name="Table">The table.</param>
/// <param name="Roles">Roles with the same powers; the first one attacks for all.</param>
/// <param name="Owns">Whether it has the owner's rights, or can turn into the owner.</param>
/// <param name="Owner">The owner.</param>
/// <param name="Trigger">Whether it may hang triggers on the table.</param>
/// <param name="Keyed">Columns of a key that its own tables may point at; null where there is none.</param>
/// <param name="Truncate">Whether it may empty the table.</param>
/// <param name="Maintain">Whether it may lock the table for upkeep.</param>
/// <param name="Making">A schema in which it may create tables; null where there is none.</param>
sealed record Power(
    TenantTable Table, IReadOnlyList<Attacker> Roles, bool Owns, string Owner, bool Trigger, IReadOnlyList<short>? Keyed, bool Truncate,
    bool Maintain, string? Making)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Power), "powers.sql");

    /// <summary>Reads who may do what; nothing where nobody may do anything, as it should be.</summary>
    internal static async Task<IReadOnlyList<Power>> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var tables = surface.Tables.ToDictionary(static table => table.Oid);
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Power>();
        while (await rows.ReadAsync(token))
            all.Add(new(tables[rows.GetFieldValue<uint>(0)], [roles[rows.GetFieldValue<uint>(1)]], rows.GetBoolean(2), rows.GetString(3),
                rows.GetBoolean(4), rows.IsDBNull(5) ? null : rows.GetFieldValue<short[]>(5), rows.GetBoolean(6), rows.GetBoolean(7),
                rows.IsDBNull(8) ? null : rows.GetString(8)));
        return [.. all.GroupBy(static power => (power.Table.Oid, power.Owns, power.Trigger, string.Join(',', power.Keyed ?? []),
            power.Truncate, power.Maintain, power.Making)).Select(static group =>
                group.First() with { Roles = [.. group.SelectMany(static power => power.Roles)] })];
    }
}
