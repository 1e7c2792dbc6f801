using Howdah.Engine.Catalogs;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>What roles that behave alike may do to a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Roles">The roles; the first one attacks for all.</param>
/// <param name="Reads">Whether the whole table may be read; columns alone are in <paramref name="Select"/>.</param>
/// <param name="Deletes">Whether rows may be deleted.</param>
/// <param name="Select">Columns that may be read.</param>
/// <param name="Insert">Columns that may be inserted.</param>
/// <param name="Update">Columns that may be updated.</param>
/// <param name="Owns">Whether it has the owner's rights.</param>
/// <param name="Policies">Policies that are for it.</param>
sealed record Access(
    TenantTable Table, IReadOnlyList<Attacker> Roles, bool Reads, bool Deletes, IReadOnlyList<short> Select, IReadOnlyList<short> Insert,
    IReadOnlyList<short> Update, bool Owns, IReadOnlyList<string> Policies)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Access), "access.sql");

    internal Attacker Role => Roles[0];

    /// <summary>The table's unique indexes and exclusion constraints.</summary>
    internal IReadOnlyList<Key> Keys { get; init; } = [];

    /// <summary>Roles it can turn into that may read the table, too.</summary>
    internal IReadOnlyList<string> Turns { get; init; } = [];

    /// <summary>Reads who may do what, and puts roles together that no table's policies can tell apart.</summary>
    internal static async Task<IReadOnlyList<Access>> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var tables = surface.Tables.ToDictionary(static table => table.Oid);
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        ILookup<uint, Key> keys;
        // Names in statements that close something are written in full.
        await using (await Ring.EnterAsync(connection, super: false, token))
            keys = await Key.ReadAsync(connection, surface.Tables, token);
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Access>();
        while (await rows.ReadAsync(token))
        {
            all.Add(new Access(tables[rows.GetFieldValue<uint>(0)], [roles[rows.GetFieldValue<uint>(1)]], rows.GetBoolean(2),
                rows.GetBoolean(3), rows.GetFieldValue<short[]>(4), rows.GetFieldValue<short[]>(5), rows.GetFieldValue<short[]>(6),
                rows.GetBoolean(7), rows.GetFieldValue<string[]>(8))
            {
                Keys = [.. keys[rows.GetFieldValue<uint>(0)]],
                Turns = rows.GetFieldValue<string[]>(9),
            });
        }
        var personal = surface.Policies.Where(static policy => Inference.AsksWho(policy.Text)).Select(static policy =>
            policy.Table).ToHashSet();
        return [.. all.GroupBy(access => (access.Table.Oid, Likeness(access, personal))).Select(static group =>
            group.First() with { Roles = [.. group.SelectMany(static access => access.Roles)] })];
    }

    static string Likeness(Access access, HashSet<uint> personal) => string.Join('|', access.Reads, access.Deletes, access.Owns,
        access.Role.Bypass, string.Join(',', access.Select), string.Join(',', access.Insert), string.Join(',', access.Update),
        string.Join('\n', access.Policies), string.Join('\n', access.Turns), personal.Contains(access.Table.Oid) ? access.Role.Name : "");
}
