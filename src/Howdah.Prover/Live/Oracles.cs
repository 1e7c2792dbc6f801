using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>
/// Error codes as oracles: makes the same statements as A with a row of B in its place and without it. Where what A gets back differs, A
/// has learned of B, whatever the way.
/// </summary>
sealed class Oracles(Surface surface, CheckOptions options, Tally tally, ILookup<uint, Bond> bonds)
{
    readonly Dictionary<uint, TenantTable> tables = surface.Tables.ToDictionary(static table => table.Oid);

    /// <summary>Asks about one table, as all who may write to it.</summary>
    internal async Task AskAsync(Ring ring, IReadOnlyList<(Access Access, Stake Stake)> askers, CancellationToken token)
    {
        var writers = askers.Where(static each => !each.Access.Role.Bypass && each.Access.Table.Rls
            && each.Access.Insert.Count + each.Access.Update.Count > 0).ToList();
        if (writers.Count == 0)
            return;
        var table = writers[0].Access.Table;
        foreach (var (access, stake) in writers)
        {
            var shots = Questions.OfKeys(access, bonds[table.Oid], stake, stake.ContextA ?? stake.A).ToList();
            await PutAsync(ring, access, shots, table, stake.Foreign, references: false, token);
        }
        foreach (var bond in bonds[table.Oid].Where(bond => bond.Kind == 'f' && !Inside(table, bond)
            && tables[bond.Target] is { Rls: true, Kind: not 'f' }))
        {
            if (bond.Triggered && !options.Intrusive)
            {
                tally.Withheld(LiveAttacks.Reference, $"{table.Name.Plain} {bond.Name}");
                continue;
            }
            var target = tables[bond.Target];
            var there = target == table ? null : (await Markers.SetAsync(ring, target, null, token)).Stake;
            foreach (var (access, stake) in writers)
            {
                if ((target == table ? stake : there) is not { } known || known.B == stake.A)
                    continue;
                var shots = Questions.OfReference(access, bond, bonds[table.Oid], stake, target, known, stake.ContextA ?? stake.A).ToList();
                await PutAsync(ring, access, shots, target, known.Foreign, references: true, token);
            }
        }
    }

    // With the tenant of the row itself pointing at the tenant of the other, it never leaves the tenant.
    bool Inside(TenantTable table, Bond bond)
    {
        var at = bond.Columns.ToList().IndexOf(table.TenantColumn.Number);
        return at >= 0 && bond.TargetColumns[at] == tables[bond.Target].TenantColumn.Number;
    }

    async Task PutAsync(Ring ring, Access access, List<Shot> shots, TenantTable table, Place row, bool references, CancellationToken token)
    {
        if (shots.Count == 0)
            return;
        var with = await FireAsync(ring, access, shots, null, references, token);
        var without = await FireAsync(ring, access, shots, Sql.Of($"delete from {table.Name} where {row.Where}"), references, token);
        var differ = with.Zip(without, (there, gone) => Compare(there, gone, access.Table)).OfType<Hit>().ToList();
        // What a conflict silences has no name: it counts where the same statement without that was answered by the key itself.
        tally.Add(access, [.. differ.Where(hit => hit.Told is null || hit.State.Length > 0 || hit.Shot.Attack == LiveAttacks.Reference
            || differ.Exists(other => other.Shot.Rule == hit.Shot.Rule && other.State.Length > 0))]);
    }

    // Only foreign keys need their triggers; whatever else would run then is not there.
    Task<List<Hit>> FireAsync(Ring ring, Access access, List<Shot> shots, Sql? before, bool references, CancellationToken token) =>
        ring.AsAsync(null, async () =>
        {
            if (before is not null)
                await ring.RunAsync(before, token);
            if (references)
                await ring.RunAsync(Sql.Of($"set local session_replication_role = origin"), token);
            return await ring.AsAsync(access.Role.Name, () => Volley.FireAsync(ring, surface.Contexts, shots, token), token);
        }, token);

    // Null where another constraint answered in both cases, so that nothing was asked at all; the catalogs judge alone then.
    static Hit? Compare(Hit with, Hit without, TenantTable table)
    {
        if (with.Rows == without.Rows && with.State == without.State)
            return with.Rows is not null ? with.Shot.Attack == LiveAttacks.Reference ? null : with with { Rows = 0 }
                : !with.State.StartsWith("23", StringComparison.Ordinal) ? with
                : with.State == "23503" && with.Shot.Attack == LiveAttacks.Reference ? new(with.Shot, 0, "", "") : null;
        // Another constraint that answered is asked by itself. Partitions have constraints of names of their own.
        if (table.Kind != 'p' && (with.Message + without.Message) is { Length: > 0 } said
            && !said.Contains(with.Shot.Rule!, StringComparison.Ordinal))
            return null;
        return with.State is "55P03" or "57014" ? with : without.State is "55P03" or "57014" ? without
            : with with { Told = $"{Told(with)} while a row of B is there, {Told(without)} without it" };
    }

    static string Told(Hit hit) => hit.Rows is { } rows ? $"{rows} row{(rows == 1 ? "" : "s")} written" : $"SQLSTATE {hit.State}";
}
