using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>
/// Calls functions that lend their owner's rights, with rows of B there and without them: a result that differs tells A of B, be it a
/// row, a sum or an error.
/// </summary>
sealed class FunctionAttacks(Surface surface, CheckOptions options, Tally tally)
{
    const int Tables = 24;

    internal async Task MakeAsync(Link link, IReadOnlyList<Access> accesses, IReadOnlySet<uint> broken, CancellationToken until,
        CancellationToken token)
    {
        IReadOnlyList<Callable> functions;
        try
        {
            await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token);
            functions = await Callable.ReadAsync(ring.Connection, surface, token);
        }
        catch (PostgresException trouble)
        {
            tally.Unclear(LiveAttacks.Function, surface.Database, Evidence.Of(trouble));
            return;
        }
        foreach (var function in functions)
        {
            if (function.Withheld(options.Intrusive) is { } why)
                tally.NotCalled(LiveAttacks.Function, function.Signature, why);
        }
        var callable = functions.Where(function => function.Withheld(options.Intrusive) is null).ToList();
        // What an open table shows through a function is the table's own finding. Tables that the functions name come first.
        var tables = surface.Tables.Where(table => table.Rls && table.Kind != 'f' && !broken.Contains(table.Oid))
            .OrderByDescending(table => callable.Exists(each => each.Text.Contains(table.Name.Name, StringComparison.OrdinalIgnoreCase)))
            .Take(Tables).ToList();
        // One role calls for all, except where the role is the tenant.
        foreach (var group in callable.GroupBy(static function => function.Roles[0]))
        {
            if (tables.Count == 0 || until.IsCancellationRequested)
                return;
            try
            {
                await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token, surface.Entrance);
                await CallAsync(ring, group.Key, [.. group], tables, accesses, token);
            }
            catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
            {
                tally.Unclear(LiveAttacks.Function, group.First().Signature, Evidence.Of(trouble));
            }
        }
    }

    async Task CallAsync(Ring ring, Attacker role, List<Callable> functions, List<TenantTable> tables, IReadOnlyList<Access> accesses,
        CancellationToken token)
    {
        var stakes = new List<(TenantTable Table, Stake Stake)>();
        foreach (var table in tables)
        {
            var (stake, _) = await Markers.SetAsync(ring, table, surface.Contexts.Count == 0 ? role.Name : null, token);
            // Rows that were there before are left alone, and so are those that are A's elsewhere.
            if (stake is { Foreign.Made: true } && (stakes.Count == 0 || stake.B != stakes[0].Stake.A))
                stakes.Add((table, stake));
        }
        if (stakes.Count == 0)
            return;
        var context = await ContextAsync(ring, role, stakes, accesses, token);
        var gone = Sql.Of($"""
            do {new DollarQuoted($"begin {Sql.Join(" ", stakes.Select(static each =>
                Sql.Of($"delete from {each.Table.Name} where {each.Stake.Foreign.Where};")))} end")}
            """);
        foreach (var function in functions)
        {
            var access = new Access(stakes[0].Table, [role], Reads: false, Deletes: false, [], [], [], Owns: false, []);
            var shots = Calls.Of(function, stakes, surface.Contexts, context);
            var there = await FireAsync(ring, role, shots, null, token);
            var without = await FireAsync(ring, role, shots, gone, token);
            // What differs between two equal calls differs by itself.
            var again = there.SequenceEqual(without) ? there : await FireAsync(ring, role, shots, null, token);
            tally.Add(access, [.. there.Select((hit, i) => Judged(hit, without[i], again[i]))]);
        }
    }

    async Task<List<Hit>> FireAsync(Ring ring, Attacker role, IReadOnlyList<Shot> shots, Sql? before, CancellationToken token)
    {
        var (hits, slow) = await ring.TryAsync(() => ring.AsAsync(null, async () =>
        {
            if (before is not null)
                await ring.RunAsync(before, token);
            await ring.RunAsync(Sql.Of($"set local statement_timeout = '1s'"), token);
            return await ring.AsAsync(role.Name, () => Volley.FireAsync(ring, surface.Contexts, shots, token), token);
        }, token), token);
        return hits ?? [.. shots.Select(shot => new Hit(shot, null, slow!.SqlState, slow.MessageText))];
    }

    // Whatever it says of itself, it was called: an error that is the same in both cases has told nothing.
    static Hit Judged(Hit there, Hit without, Hit again) => there.State is "57014" or "55P03" ? there
        : (there.Rows, there.State) == (without.Rows, without.State) || (there.Rows, there.State) != (again.Rows, again.State)
            ? new(there.Shot, 0, "", "")
            : there with { Rows = null, State = "", Told = "it answers otherwise when rows of another tenant are there" };

    // A context that shows A's rows and not B's; where none is known for sure, only calls without a tenant say anything.
    async Task<string?> ContextAsync(Ring ring, Attacker role, List<(TenantTable Table, Stake Stake)> stakes,
        IReadOnlyList<Access> accesses, CancellationToken token)
    {
        foreach (var (table, stake) in stakes)
        {
            var access = accesses.FirstOrDefault(access => access.Table.Oid == table.Oid && access.Reads && access.Roles.Contains(role));
            if (access is null)
                continue;
            var candidates = await Calibration.CandidatesAsync(ring, table, token);
            if (await ring.AsAsync(role.Name, () => Calibration.FindAsync(ring, stake, access, surface.Contexts, candidates, token), token)
                is { } found)
                return found;
        }
        return null;
    }
}
