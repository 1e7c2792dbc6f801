using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>
/// DDL against the floor. Such statements lock the table against everybody, so they are made only by those whom the server's own word lets
/// through, wait 50 ms at most, and are taken back, lock and all, before the next one.
/// </summary>
static class StructureAttacks
{
    const string Name = "howdah_floor";

    internal static async Task MakeAsync(Link link, Surface surface, CheckOptions options, Tally tally, CancellationToken until,
        CancellationToken token)
    {
        IReadOnlyList<Power> powers;
        try
        {
            await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token);
            powers = await Power.ReadAsync(ring.Connection, surface, token);
        }
        catch (PostgresException trouble)
        {
            tally.Unclear(LiveAttacks.Floor, surface.Database, Evidence.Of(trouble));
            return;
        }
        foreach (var power in powers)
        {
            if (until.IsCancellationRequested)
                return;
            var role = power.Roles[0];
            var access = new Access(power.Table, power.Roles, Reads: false, Deletes: false, [], [], [], power.Owns, []);
            if (power.Truncate && !power.Owns && !options.Intrusive)
                tally.Disturbing(LiveAttacks.Truncate, $"{power.Table.Name.Plain} as {role.Name}");
            try
            {
                await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token);
                var shots = Of(power, surface, options.Intrusive).ToList();
                tally.Add(access, await ring.AsAsync(role.Name, () => Volley.FireAsync(ring, [], shots, token), token));
            }
            catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
            {
                tally.Unclear(LiveAttacks.Floor, power.Table.Name.Plain, Evidence.Of(trouble));
            }
        }
    }

    /// <summary>The tries of one role at one table. Pure.</summary>
    internal static IEnumerable<Shot> Of(Power power, Surface surface, bool intrusive)
    {
        var (table, role) = (power.Table, new Ident(power.Roles[0].Name));
        var name = new Ident(Name);
        if (power.Owns)
        {
            var fix = power.Owner == power.Roles[0].Name ? $"-- {role} owns {table.Name}: give it to a role that cannot log in."
                : $"REVOKE {new Ident(power.Owner)} FROM {role};";
            // Who does not inherit the owner's rights may still turn into it.
            var turn = power.Owner == power.Roles[0].Name ? null : Sql.Of($"set local role {new Ident(power.Owner)};");
            foreach (var (what, statement) in Owners(table, surface.Policies.Where(policy => policy.Table == table.Oid).ToList()))
                yield return Try(LiveAttacks.Floor, what, Sql.Of($"{turn} {statement}"), fix);
        }
        if (power.Trigger && !power.Owns)
            yield return Try(LiveAttacks.Hooks, "hang a trigger on the table", Sql.Of($"""
                create trigger {name} before update on {table.Name} for each row
                execute function pg_catalog.suppress_redundant_updates_trigger()
                """), $"REVOKE TRIGGER ON {table.Name} FROM {role};");
        if (power is { Keyed: { } keyed, Making: { } schema, Owns: false })
        {
            var columns = keyed.Select(number => table.Columns.First(column => column.Number == number)).ToList();
            var list = Sql.List(columns.Select(static column => new Ident(column.Name)));
            yield return Try(LiveAttacks.Hooks, "point a foreign key of an own table at the table", Sql.Of($"""
                create table {new QName(schema, Name)} ({Sql.Join(", ", columns.Select(static column =>
                    Sql.Of($"{new Ident(column.Name)} {Sql.Written(column.Type)}")))},
                foreign key ({list}) references {table.Name} ({list}))
                """), $"REVOKE REFERENCES ON {table.Name} FROM {role};");
        }
        if (power.Maintain && !power.Owns)
            yield return Try(LiveAttacks.Hooks, "lock everybody out", Sql.Of($"lock table only {table.Name} in access exclusive mode"),
                $"REVOKE MAINTAIN ON {table.Name} FROM {role};");
        if (power.Truncate && !power.Owns && intrusive)
            yield return Try(LiveAttacks.Truncate, "empty the table", Sql.Of($"truncate {table.Name} cascade"),
                $"REVOKE TRUNCATE ON {table.Name} FROM {role};");
    }

    static IEnumerable<(string Name, Sql Statement)> Owners(TenantTable table, List<Policy> policies)
    {
        var name = new Ident(Name);
        if (table.Forced)
            yield return ("take FORCE off", Sql.Of($"alter table {table.Name} no force row level security"));
        if (table.Rls)
            yield return ("switch row-level security off", Sql.Of($"alter table {table.Name} disable row level security"));
        yield return ("add a policy", Sql.Of($"create policy {name} on {table.Name} using (true)"));
        if (policies.Count > 0)
            yield return ("drop a policy", Sql.Of($"drop policy {new Ident(policies[0].Name)} on {table.Name}"));
        if (policies.Find(static policy => policy.Command != 'a') is { } reading)
            yield return ("open a policy", Sql.Of($"alter policy {new Ident(reading.Name)} on {table.Name} using (true)"));
        yield return ("switch triggers off", Sql.Of($"alter table {table.Name} disable trigger user"));
        yield return ("add a rule", Sql.Of($"create rule {name} as on insert to {table.Name} do also nothing"));
        if (table.Kind == 'r')
            yield return ("let a table of its own inherit", Sql.Of(
                $"create temp table {name} (like {table.Name}); alter table pg_temp.{name} inherit {table.Name}"));
    }

    static Shot Try(Attack attack, string name, Sql statement, string fix) => new(attack, name, null, statement,
        Sql.Of($"set local lock_timeout = '50ms'; {statement}; n := 1;"))
    {
        Fix = fix,
        Told = "it went through",
    };
}
