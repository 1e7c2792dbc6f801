using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>
/// TEN-F04: makes tables that answer in place of those that a policy's function reads, and asks for a row of B with them and without.
/// </summary>
sealed class LureAttack(Surface surface, Tally tally)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(LureAttack), "makers.sql");

    sealed record Maker(bool Temporary, IReadOnlyList<string> Schemas);

    internal async Task MakeAsync(Link link, IReadOnlyList<Access> accesses, IReadOnlySet<uint> open, CancellationToken until,
        CancellationToken token)
    {
        IReadOnlyList<Lure> lures;
        Dictionary<uint, Maker> makers;
        await using (var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token))
        {
            lures = await Lure.ReadAsync(ring.Connection, surface, token);
            makers = lures.Count == 0 ? [] : await MakersAsync(ring.Connection, token);
        }
        foreach (var lure in lures)
        {
            // One table for all whose policies call it; what is open anyway needs no lure.
            var front = accesses.Where(access => access.Reads && access.Table is { Rls: true, Kind: not 'f' }
                && lure.Tables.Contains(access.Table.Oid) && !open.Contains(access.Table.Oid))
                .GroupBy(static access => access.Table.Oid).FirstOrDefault();
            foreach (var access in front ?? Enumerable.Empty<Access>())
            {
                if (until.IsCancellationRequested)
                    return;
                // One role attacks for all that policies cannot tell apart, if it may make a table at all.
                if (access.Roles.FirstOrDefault(role => makers.ContainsKey(role.Oid)) is not { } role)
                    continue;
                try
                {
                    await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token, surface.Entrance);
                    await LureAsync(ring, lure, access with { Roles = [role] }, makers[role.Oid], token);
                }
                catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
                {
                    tally.Unclear(LiveAttacks.Lured, lure.Signature, Evidence.Of(trouble));
                }
            }
        }
    }

    async Task LureAsync(Ring ring, Lure lure, Access access, Maker maker, CancellationToken token)
    {
        var role = access.Role.Name;
        var (stake, why) = await Markers.SetAsync(ring, access.Table, surface.Contexts.Count == 0 ? role : null, token);
        if (stake is null)
        {
            tally.Unclear(LiveAttacks.Lured, lure.Signature, why!);
            return;
        }
        var candidates = surface.Contexts.Count == 0 ? [] : await Calibration.CandidatesAsync(ring, access.Table, token);
        string?[] contexts = surface.Contexts.Count == 0 ? [null]
            : [.. new[] { stake.ContextA ?? stake.A, "", stake.TurnB }.Concat(candidates.Take(2)).Distinct()];
        IReadOnlyList<string> known = [role, .. contexts.OfType<string>().Where(static each => each.Length > 0)];
        // Where the real one is no other can be made.
        var ways = maker.Schemas.Where(schema => lure.Operands.All(operand => operand.Name.Schema != schema)).Cast<string?>().ToList();
        if (maker.Temporary)
            ways.Insert(0, null);
        var tries = contexts.SelectMany(context => ways.Select(way => (Plain: Plain(access, stake, context),
            Lured: Lured(lure, access, stake, context, way, known)))).ToList();
        var hits = await ring.AsAsync(role, () => Volley.FireAsync(ring, surface.Contexts,
            [.. tries.SelectMany(static each => new[] { each.Plain, each.Lured })], token), token);
        // What shows without the decoy as well is not its doing: a context that may be turned to is another attack's.
        tally.Add(access, [.. tries.Select((_, i) => hits[2 * i + 1] is { Through: true } lured && hits[2 * i].Through
            ? new Hit(lured.Shot, 0, "", "") : hits[2 * i + 1])]);
    }

    // Plans that were made before a decoy was there would not see it.
    static Sql Read(Access access, Stake stake, out Sql body)
    {
        var read = Sql.Of($"select count(*) from {access.Table.Name} where {stake.Foreign.Where}");
        body = Sql.Of($"execute 'discard plans'; execute {new DollarQuoted(read.ToString())} into n;");
        return read;
    }

    static Shot Plain(Access access, Stake stake, string? context) =>
        new(LiveAttacks.Lured, "read without a decoy", context, Read(access, stake, out var body), body);

    static Shot Lured(Lure lure, Access access, Stake stake, string? context, string? schema, IReadOnlyList<string> known)
    {
        var decoys = Sql.Join("\n", lure.Operands.Select(operand =>
            Decoys.Of(operand, schema, access.Table.TenantColumn, stake.B, known)));
        var path = schema is null ? null : Sql.Of($"set local search_path = {Sql.List([.. new[] { schema }
            .Concat(lure.Operands.Select(static operand => operand.Name.Schema)).Distinct().Select(static each => new Ident(each))])};");
        var read = Read(access, stake, out var body);
        var names = string.Join(", ", lure.Operands.Select(operand => new QName(schema ?? "pg_temp", operand.Name.Name).Plain));
        return new(LiveAttacks.Lured, $"read a row of B with {names} made for {lure.Signature}", context,
            Sql.Of($"{decoys}{path} {read}"), Sql.Of($"{decoys}{path} {body}"))
        {
            Cause = lure.Signature,
            Target = lure.Signature,
            Fix = lure.Fix,
        };
    }

    async Task<Dictionary<uint, Maker>> MakersAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new()
        {
            Value = surface.Attackers.Select(static role => role.Oid).ToArray(), DataTypeName = "oid[]",
        });
        await using var rows = await command.ExecuteReaderAsync(token);
        var makers = new Dictionary<uint, Maker>();
        while (await rows.ReadAsync(token))
        {
            var maker = new Maker(rows.GetBoolean(1), rows.GetFieldValue<string[]>(2));
            if (maker.Temporary || maker.Schemas.Count > 0)
                makers[rows.GetFieldValue<uint>(0)] = maker;
        }
        return makers;
    }
}
