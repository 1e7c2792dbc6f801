using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>Attacks every tenant table as every kind of role, over a few connections.</summary>
/// <param name="connectionString">A superuser's.</param>
/// <param name="surface">What there is to attack.</param>
/// <param name="options">How.</param>
sealed class Assault(string connectionString, Surface surface, CheckOptions options)
{
    readonly Tally tally = new();
    readonly HashSet<uint> personal =
        [.. surface.Policies.Where(static policy => Inference.AsksWho(policy.Text)).Select(static policy => policy.Table)];
    ILookup<uint, Bond> bonds = Array.Empty<Bond>().ToLookup(static bond => bond.Table);
    int done;

    /// <summary>Makes all attacks; what was not reached when <paramref name="until"/> is canceled is inconclusive.</summary>
    internal async Task<Tally> RunAsync(IReadOnlyList<Access> accesses, CancellationToken until, CancellationToken token)
    {
        await using (var link = new Link(connectionString))
        await using (var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token))
            bonds = await Bond.ReadAsync(ring.Connection, surface.Tables.Select(static table => table.Oid), token);
        var fronts = accesses.Where(static access => access.Table.Kind != 'f').GroupBy(static access => access.Table.Oid)
            .Select(static group => group.ToList()).ToList();
        var workers = Math.Clamp(options.Connections, 1, Math.Max(1, fronts.Count));
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker =>
            WorkAsync([.. fronts.Where((_, i) => i % workers == worker)], fronts.Count, until, token)));
        return tally;
    }

    async Task WorkAsync(List<List<Access>> fronts, int all, CancellationToken until, CancellationToken token)
    {
        await using var link = new Link(connectionString);
        // First all tables in a session that never had a context: once set, a setting is never again unset, only empty.
        if (surface.Contexts.Count > 0)
        {
            foreach (var front in fronts)
                await GuardAsync(link, front, ring => BeforeAsync(ring, front, token), until, token);
        }
        foreach (var front in fronts)
        {
            await GuardAsync(link, front, ring => AfterAsync(ring, front, token), until, token);
            options.Progress?.Invoke($"attacked {front[0].Table.Name.Plain} ({Interlocked.Increment(ref done)} of {all})");
        }
    }

    async Task BeforeAsync(Ring ring, List<Access> front, CancellationToken token)
    {
        var (stake, why) = await Markers.SetAsync(ring, front[0].Table, null, token);
        if (stake is null)
        {
            tally.Unclear(LiveAttacks.Unset, front[0].Table.Name.Plain, why!);
            return;
        }
        foreach (var access in front)
        {
            await FireAsync(ring, access, Arsenal.Before(access, stake), token);
            tally.Add(access, await Copies.BeforeAsync(ring, access, stake, token));
        }
    }

    async Task AfterAsync(Ring ring, List<Access> front, CancellationToken token)
    {
        var table = front[0].Table;
        var byRole = surface.Contexts.Count == 0 && personal.Contains(table.Oid);
        var candidates = surface.Contexts.Count > 0 ? await Calibration.CandidatesAsync(ring, table, token) : [];
        Stake? stake = null;
        var askers = new List<(Access, Stake)>();
        foreach (var access in front)
        {
            if (stake is null || byRole)
            {
                (stake, var why) = await Markers.SetAsync(ring, table, byRole ? access.Role.Name : null, token);
                if (stake is null)
                {
                    tally.Unclear(LiveAttacks.Own, table.Name.Plain, why!);
                    return;
                }
            }
            var context = await ring.AsAsync(access.Role.Name, () =>
                Calibration.FindAsync(ring, stake, access, surface.Contexts, candidates, token), token);
            if (context is null && access.Reads)
                tally.NotTried($"{table.Name.Plain} as {access.Role.Name}");
            var known = stake with { ContextA = context, Own = context is null ? null : stake.Own };
            await FireAsync(ring, access, Arsenal.After(access, known, surface.Contexts), token);
            tally.Add(access, await Copies.AfterAsync(ring, access, known, surface.Contexts, token));
            askers.Add((access, known));
        }
        await new Oracles(surface, options, tally, bonds).AskAsync(ring, askers, token);
    }

    async Task FireAsync(Ring ring, Access access, IReadOnlyList<Shot> shots, CancellationToken token)
    {
        var hits = await ring.AsAsync(access.Role.Name, () => Volley.FireAsync(ring, surface.Contexts, shots, token), token);
        tally.Add(access, hits);
    }

    // One table's trouble (dropped meanwhile, locked, too slow) is not the others'.
    async Task GuardAsync(Link link, List<Access> front, Func<Ring, Task> work, CancellationToken until, CancellationToken token)
    {
        var table = front[0].Table.Name.Plain;
        if (until.IsCancellationRequested)
        {
            tally.Unclear(LiveAttacks.Own, table, "the time allowed was over before it was tried");
            return;
        }
        try
        {
            await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token, surface.Entrance);
            await work(ring);
        }
        catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
        {
            tally.Unclear(LiveAttacks.Own, table, Evidence.Of(trouble));
        }
    }
}

/// <summary>A connection that is opened when it is needed, and again when it was lost.</summary>
sealed class Link(string connectionString) : IAsyncDisposable
{
    NpgsqlConnection? connection;

    internal async Task<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        if (connection is not null && connection.FullState == System.Data.ConnectionState.Open)
            return connection;
        await DisposeAsync();
        return connection = await ServerAccess.OpenAsync(connectionString, token);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        connection = null;
    }
}
