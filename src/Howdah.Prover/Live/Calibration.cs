using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>
/// Finds what the context must be for a tenant to see its own row and not the other's: the tenant itself, or, where policies look
/// something up
/// (a user among members), a value of what they look up.
/// </summary>
static class Calibration
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Calibration), "candidates.sql");

    /// <summary>Values worth trying; read once for each table, as the role that looks.</summary>
    internal static async Task<IReadOnlyList<string>> CandidatesAsync(Ring ring, TenantTable table, CancellationToken token)
    {
        var columns = new List<(QName Table, string Column)>();
        await using (var command = new NpgsqlCommand(Query.Text, ring.Connection))
        {
            command.Parameters.Add(new() { Value = table.Oid, DataTypeName = "oid" });
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                columns.Add((new(rows.GetString(0), rows.GetString(1)), rows.GetString(2)));
        }
        var values = new List<string>();
        foreach (var (name, column) in columns)
        {
            var (found, _) = await ring.TryAsync(() => ring.RowsAsync(Sql.Of($"""
                select distinct v from (select {new Ident(column)}::text from {name} limit 1000) s(v) where v <> '' order by v limit 10
                """), token), token);
            values.AddRange(found?.Select(static row => row[0]!) ?? []);
        }
        return [.. values.Distinct()];
    }

    /// <summary>As the role: the first value that shows the own row and hides the other's; null where none does.</summary>
    internal static async Task<string?> FindAsync(Ring ring, Stake stake, Access access, IReadOnlyList<string> contexts,
        IReadOnlyList<string> candidates, CancellationToken token)
    {
        if (contexts.Count == 0 || !access.Reads || stake.Own is not { } own)
            return contexts.Count == 0 ? stake.ContextA ?? stake.A : null;
        Sql Sees(Place place) => Sql.Of($"select count(*) from {access.Table.Name} where {place.Where}");
        IReadOnlyList<string> tries = [stake.ContextA ?? stake.A, .. candidates];
        var shots = tries.SelectMany(value => new[]
        {
            Shot.Count(LiveAttacks.Own, "own", value, Sees(own)), Shot.Count(LiveAttacks.Own, "foreign", value, Sees(stake.Foreign)),
        }).ToList();
        var hits = await Volley.FireAsync(ring, contexts, shots, token);
        // A table that is open shows both under every value: then the tenant itself is as good as any.
        for (var i = 0; i < tries.Count; i++)
        {
            if (hits[2 * i].Rows > 0 && hits[2 * i + 1].Rows is 0)
                return tries[i];
        }
        return hits[0].Rows > 0 ? tries[0] : null;
    }
}
