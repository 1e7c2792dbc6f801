using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>
/// Attacks through roles' own logins, for whoever is no superuser and can become nobody: on rows that are there, for none can be made up.
/// Triggers cannot be silenced here, so statements that write are tried only where that was asked for.
/// </summary>
static class LoginAssault
{
    internal static async Task<Tally> RunAsync(NpgsqlConnection looker, Surface surface, IReadOnlyList<Access> accesses,
        CheckOptions options, CancellationToken until, CancellationToken token)
    {
        var tally = new Tally();
        var stakes = await StakesAsync(looker, surface, accesses, tally, token);
        foreach (var (role, login) in options.Logins)
        {
            var own = accesses.Where(access => access.Roles.Any(each => each.Name == role) && stakes.ContainsKey(access.Table.Oid))
                .Select(access => access with { Roles = [access.Roles.First(each => each.Name == role)] }).ToList();
            var builder = new NpgsqlConnectionStringBuilder(login) { Pooling = false, Enlist = false, ApplicationName = "howdah check" };
            await using var link = new Link(builder.ConnectionString);
            try
            {
                // First all tables in a session that never had a context.
                foreach (var access in own)
                    await FireAsync(link, surface, access, Arsenal.Before(access, stakes[access.Table.Oid]), ring =>
                        Copies.BeforeAsync(ring, access, stakes[access.Table.Oid], token), tally, until, token);
                foreach (var access in own)
                    await AfterAsync(link, surface, access, stakes[access.Table.Oid], options, tally, until, token);
            }
            catch (NpgsqlException closed) when (!token.IsCancellationRequested)
            {
                tally.Unclear(LiveAttacks.Own, role, Evidence.Of(closed));
            }
        }
        return tally;
    }

    static async Task AfterAsync(Link link, Surface surface, Access access, Stake stake, CheckOptions options, Tally tally,
        CancellationToken until, CancellationToken token)
    {
        string? context;
        await using (var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: false, token, surface.Entrance))
        {
            context = await ring.AsAsync(null, () => Calibration.FindAsync(ring, stake, access, surface.Contexts, [], token), token);
        }
        if (context is null && access.Reads)
            tally.NotTried($"{access.Table.Name.Plain} as {access.Role.Name}");
        var known = stake with { ContextA = context, Own = context is null ? null : stake.Own };
        var shots = Arsenal.After(access, known, surface.Contexts);
        foreach (var shot in shots.Where(shot => shot.Writes && !options.Intrusive))
            tally.Withheld(shot.Attack, $"{access.Table.Name.Plain} as {access.Role.Name}");
        await FireAsync(link, surface, access, [.. shots.Where(shot => !shot.Writes || options.Intrusive)], ring =>
            Copies.AfterAsync(ring, access, known, surface.Contexts, token), tally, until, token);
    }

    static async Task FireAsync(Link link, Surface surface, Access access, IReadOnlyList<Shot> shots,
        Func<Ring, Task<IReadOnlyList<Hit>>> copy, Tally tally, CancellationToken until, CancellationToken token)
    {
        if (until.IsCancellationRequested)
        {
            tally.Unclear(LiveAttacks.Own, access.Table.Name.Plain, "the time allowed was over before it was tried");
            return;
        }
        try
        {
            await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: false, token, surface.Entrance);
            tally.Add(access, await ring.AsAsync(null, () => Volley.FireAsync(ring, surface.Contexts, shots, token), token));
            tally.Add(access, await copy(ring));
        }
        catch (PostgresException trouble)
        {
            tally.Unclear(LiveAttacks.Own, access.Table.Name.Plain, Evidence.Of(trouble));
        }
    }

    // Rows of two tenants, as the role that looks can see them.
    static async Task<Dictionary<uint, Stake>> StakesAsync(NpgsqlConnection looker, Surface surface,
        IReadOnlyList<Access> accesses, Tally tally, CancellationToken token)
    {
        var stakes = new Dictionary<uint, Stake>();
        await using var ring = await Ring.EnterAsync(looker, super: false, token);
        var told = surface.Entrance.Tenants.Count == 0 ? null : Sql.Of(
            $" and t in ({Sql.Join(", ", surface.Entrance.Tenants.Select(static tenant => Sql.Of($"{new Literal(tenant)}")))})");
        foreach (var table in accesses.Select(static access => access.Table).DistinctBy(static table => table.Oid))
        {
            var column = new Ident(table.TenantColumn.Name);
            var (rows, refusal) = await ring.TryAsync(() => ring.RowsAsync(Sql.Of($"""
                select distinct on (t) t, o, c
                from (select {column}::text, tableoid::text, ctid::text from {table.Name} limit 1000) s(t, o, c)
                where t <> ''{told} order by t limit 2
                """), token), token);
            if (rows is [var first, var second])
                stakes[table.Oid] = new(first[0]!, new(first[1]!, first[2]!), second[0]!, new(second[1]!, second[2]!),
                    new Dictionary<short, Sql>(), Small: false, surface.Entrance.For(first[0]!))
                {
                    ContextB = surface.Entrance.For(second[0]!),
                };
            else
                tally.Unclear(LiveAttacks.Own, table.Name.Plain, refusal is null
                    ? "the role that looks sees no rows of two tenants to try it with" : Evidence.Of(refusal));
        }
        return stakes;
    }
}
