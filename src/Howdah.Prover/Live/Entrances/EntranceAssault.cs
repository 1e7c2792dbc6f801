using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Entrances;

/// <summary>Attacks the context itself, once for each kind of policy and role.</summary>
/// <param name="connectionString">A superuser's.</param>
/// <param name="connection">An open connection of the same.</param>
/// <param name="surface">What there is to attack.</param>
sealed class EntranceAssault(string connectionString, NpgsqlConnection connection, Surface surface)
{
    readonly List<Finding> findings = [];
    readonly Dictionary<Attack, (int Tries, HashSet<string> Roles)> held = [];
    readonly SortedSet<string> turned = new(StringComparer.Ordinal);

    internal static async Task<IReadOnlyList<Finding>> RunAsync(string connectionString, NpgsqlConnection connection, Surface surface,
        IReadOnlyList<Access> accesses, CancellationToken until, CancellationToken token)
    {
        var all = new EntranceAssault(connectionString, connection, surface);
        var policies = surface.Policies.ToLookup(static policy => policy.Table, static policy => policy.Text);
        foreach (var access in accesses.Where(access => access.Reads && access.Table.Kind != 'f' && access.Table.Rls
            && !access.Role.Bypass)
            .DistinctBy(access => (access.Role.Name, string.Join('\n', policies[access.Table.Oid].Order(StringComparer.Ordinal)))))
        {
            var where = $"{access.Table.Name.Plain} as {access.Role.Name}";
            if (until.IsCancellationRequested)
                all.Unclear(EntranceAttacks.Forged, where, "the time allowed was over before it was tried");
            else
                await all.TryAsync(access, where, token);
        }
        if (all.turned.Count > 0)
            all.findings.Add(new(EntranceAttacks.Pivot, LintRunner.Pattern, surface.Database, Verdict.Residual,
                $"one statement set a plain setting to another tenant and read its row: {string.Join(", ", all.turned.Take(5))}"
                    + (all.turned.Count > 5 ? $" and {all.turned.Count - 5} more" : ""),
                "-- Let no text from outside into SQL; sign the context where roles may run SQL of their own (see TEN-F01)."));
        return [.. all.findings, .. all.held.Select(each => new Finding(each.Key, LintRunner.Pattern, surface.Database, Verdict.Held,
            $"{each.Value.Tries} tries as {each.Value.Roles.Count} role{(each.Value.Roles.Count == 1 ? "" : "s")}: none got through"))];
    }

    async Task TryAsync(Access access, string where, CancellationToken token)
    {
        try
        {
            await using var ring = await Ring.EnterAsync(connection, super: true, token, surface.Entrance);
            var (stake, why) = await Markers.SetAsync(ring, access.Table, null, token);
            if (stake?.Own is not { } own)
            {
                Unclear(EntranceAttacks.Forged, where, why ?? "no row of the tenant that attacks could be made up");
                return;
            }
            var a = stake.ContextA ?? stake.A;
            var shots = new List<Shot>
            {
                Shot.Count(LiveAttacks.Own, "own", a, Read(access, own)),
                new(LiveAttacks.Own, "plain", a, Sql.Of($"select"), Plain(stake)),
            };
            shots.AddRange(Pivots.Of(surface.Contexts, access, stake, own, a));
            if (surface.Entrance.Given)
                shots.AddRange(Forgeries(access, stake, a));
            if (surface.Entrance.Expired is { } expired)
                shots.Add(new(EntranceAttacks.Expired, "read the own row with an expired context", null, Read(access, own),
                    Sql.Of($"{Volley.Contexts(surface.Contexts, new(expired))} execute {new DollarQuoted(Read(access, own).ToString())} "
                        + $"into n;")));
            var hits = await ring.AsAsync(access.Role.Name, () => Volley.FireAsync(ring, surface.Contexts, shots, token), token);
            // Not entered: the same role is told to be not tried by the attacks on own rows.
            if (hits[0].Rows is not > 0)
                return;
            // Plain: there is no signature to forge, TEN-F01 says so; and to turn within a statement is no more than to turn before it.
            var plain = hits[1].Rows > 0;
            // What is forged in statements of its own is forged within one, too: one cause, one finding.
            var forged = hits.Exists(static hit => hit.Shot.Attack == EntranceAttacks.Forged && hit.Through);
            foreach (var hit in hits.Skip(2).Where(hit => hit.Shot.Attack == EntranceAttacks.Pivot ? !forged : !plain))
            {
                if (plain && hit.Through)
                    turned.Add(where);
                else
                    Judge(access, where, hit);
            }
            if (plain)
                return;
            if (surface.Entrance.ByStatement)
                await ReplayAsync(ring, access, stake.A, where, token);
        }
        catch (PostgresException trouble)
        {
            Unclear(EntranceAttacks.Forged, where, Evidence.Of(trouble));
        }
    }

    // Whether all that was set is the tenant's id itself.
    Sql Plain(Stake stake) => Sql.Of($"""
        n := ({Sql.Join(" + ", [.. surface.Contexts.Select(name =>
            Sql.Of($"(pg_catalog.current_setting({new Literal(name)}, true) is not distinct from "
                + $"{new Literal(stake.A)})::pg_catalog.int4")),
            Sql.Of($"0")])});
        """);

    IEnumerable<Shot> Forgeries(Access access, Stake stake, string a)
    {
        var (own, other) = (new Literal(stake.A), new Literal(stake.B));
        // In PL/pgSQL, v is the context that A entered with.
        (string Name, Sql Value)[] forms =
        [
            ("the other tenant's id alone", Sql.Of($"{other}")),
            ("A's context with B in A's place", Sql.Of($"pg_catalog.replace(v, {own}, {other})")),
            ("the same without what follows",
                Sql.Of($"{other} || pg_catalog.left(pg_catalog.substr(v, pg_catalog.strpos(v, {own}) + pg_catalog.length({own})), 1)")),
            ("the same with its last letter changed", Sql.Of($"""
                pg_catalog.overlay(pg_catalog.replace(v, {own}, {other}), case pg_catalog.right(v, 1) when '0' then '1' else '0' end,
                  pg_catalog.length(pg_catalog.replace(v, {own}, {other})))
                """)),
        ];
        var read = Read(access, stake.Foreign);
        foreach (var (name, value) in forms)
        {
            var set = Sql.Join(" ", surface.Contexts.Select(context => Sql.Of($"""
                v := pg_catalog.current_setting({new Literal(context)}, true);
                if v <> '' then perform pg_catalog.set_config({new Literal(context)}, {value}, true); end if;
                """)));
            yield return new(EntranceAttacks.Forged, $"set {name}", a, read,
                Sql.Of($"{set} execute {new DollarQuoted(read.ToString())} into n;"));
        }
    }

    void Judge(Access access, string where, Hit hit)
    {
        if (hit.Through)
            findings.Add(new(hit.Shot.Attack, LintRunner.Pattern, where, Verdict.Broken,
                $"as {access.Role.Name}: {hit.Shot.Name}: {hit.Rows} row{(hit.Rows == 1 ? "" : "s")} reached",
                "-- Let the function that policies ask refuse every context that is not exactly one that it would have made now.")
            {
                Statement = $"SET SESSION AUTHORIZATION {new Ident(access.Role.Name)}; {hit.Shot.Statement}",
            });
        else if (hit.Unclear)
            Unclear(hit.Shot.Attack, where, $"{hit.Shot.Name}: {hit.Message} (SQLSTATE {hit.State})");
        else
            Held(hit.Shot.Attack, access.Role.Name);
    }

    // The row must be there for the other session too, so it is one that the database holds.
    async Task ReplayAsync(Ring ring, Access access, string tenant, string where, CancellationToken token)
    {
        await using var link = new Link(connectionString);
        await using var other = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token);
        if (await Markers.FindAsync(other, access.Table, tenant, token) is not { } row)
        {
            findings.Add(new(EntranceAttacks.Replay, LintRunner.Pattern, where, Verdict.NotRun,
                "the tenant has no row that another session sees"));
            return;
        }
        var made = await ring.AsAsync(access.Role.Name, async () =>
        {
            await ring.RunAsync(surface.Entrance.Enter(tenant)!, token);
            return await ring.RowsAsync(Sql.Of($"select {Sql.Join(", ", surface.Contexts.Select(name =>
                Sql.Of($"pg_catalog.current_setting({new Literal(name)}, true)")))}"), token);
        }, token);
        var set = Sql.Join(" ", surface.Contexts.Select((name, i) =>
            Sql.Of($"perform pg_catalog.set_config({new Literal(name)}, {new Literal(made[0][i] ?? "")}, true);")));
        var read = Read(access, row);
        var shot = new Shot(EntranceAttacks.Replay, "replay", null, read, Sql.Of($"{set} execute {new DollarQuoted(read.ToString())} "
            + $"into n;"));
        var hit = (await other.AsAsync(access.Role.Name, () => Volley.FireAsync(other, surface.Contexts, [shot], token), token)).Single();
        if (!hit.Through)
            Held(EntranceAttacks.Replay, access.Role.Name);
        else
            findings.Add(new(EntranceAttacks.Replay, LintRunner.Pattern, where, Verdict.Residual,
                "a context made in one session opens the same tenant in another",
                "-- Let it expire soon, keep it out of logs; or sign pg_backend_pid() with it where no pooler stands between."));
    }

    static Sql Read(Access access, Place place) => Sql.Of($"select count(*) from {access.Table.Name} where {place.Where}");

    void Held(Attack attack, string role)
    {
        var (tries, roles) = held.GetValueOrDefault(attack, (0, []));
        roles.Add(role);
        held[attack] = (tries + 1, roles);
    }

    void Unclear(Attack attack, string where, string why) =>
        findings.Add(new(attack, LintRunner.Pattern, where, Verdict.Inconclusive, why));
}
