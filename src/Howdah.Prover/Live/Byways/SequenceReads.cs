using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>TEN-C11: reads <c>last_value</c>, as those who were granted it. Never draws a number, never sets one.</summary>
static class SequenceReads
{
    const int Volume = 100;

    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(SequenceReads), "sequences.sql");

    internal static async Task MakeAsync(Ring ring, Surface surface, Tally tally, CancellationToken until, CancellationToken token)
    {
        foreach (var volley in (await ReadAsync(ring.Connection, surface, token)).GroupBy(static each => each.Role)
            .SelectMany(static role => role.Chunk(Volume)))
        {
            if (until.IsCancellationRequested)
                return;
            var role = volley[0].Role;
            var hits = await ring.AsAsync(role.Name, () => Volley.FireAsync(ring, [], [.. volley.Select(static each => each.Shot)], token),
                token);
            for (var i = 0; i < volley.Length; i++)
                tally.Add(new(volley[i].Table, [role], Reads: false, Deletes: false, [], [], [], Owns: false, []), [hits[i]]);
        }
    }

    static async Task<List<(TenantTable Table, Attacker Role, Shot Shot)>> ReadAsync(NpgsqlConnection connection, Surface surface,
        CancellationToken token)
    {
        var tables = surface.Tables.ToDictionary(static table => table.Oid);
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = surface.TenantSchemas.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<(TenantTable, Attacker, Shot)>();
        while (await rows.ReadAsync(token))
        {
            var (name, text, grantee) = (new QName(rows.GetString(2), rows.GetString(3)), rows.GetString(4), rows.GetString(5));
            // Who was given the right by a role it does not inherit from turns into that role first.
            var turn = rows.GetBoolean(6) ? null : Sql.Of($"set local role {Sql.Written(grantee)};");
            var read = Sql.Of($"{turn} select last_value from {name}");
            all.Add((tables[rows.GetFieldValue<uint>(0)], roles[rows.GetFieldValue<uint>(1)],
                new(LiveAttacks.Sequences, "read last_value", null, read, Sql.Of($"{turn} select count(last_value) into n from {name};"))
                {
                    Cause = text,
                    Target = text,
                    Told = "it tells how many rows all tenants together made",
                    Fix = $"REVOKE SELECT ON SEQUENCE {text} FROM {grantee};",
                }));
        }
        return all;
    }
}
