using System.Runtime.CompilerServices;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Roles;

/// <summary>Attacks as each role that can log in, and looks for what could be attacked from outside.</summary>
static class RolesProver
{
    static readonly CatalogQuery Outsiders = CatalogQuery.Load(typeof(RolesProver), "outsiders.sql");
    static readonly CatalogQuery Kinds = CatalogQuery.Load(typeof(RolesProver), "verifier_kinds.sql");

    static readonly (Attack Attack, Func<RoleDuel, Task<Blow>> Strike)[] Duels =
    [
        (RoleAttacks.Become, static duel => duel.BecomeAsync()),
        (RoleAttacks.Inherit, static duel => duel.InheritAsync()),
        (RoleAttacks.Powers, static duel => duel.PowersAsync()),
        (RoleAttacks.Climb, static duel => duel.ClimbAsync()),
        (RoleAttacks.Files, static duel => duel.FilesAsync()),
        (RoleAttacks.Configure, static duel => duel.ConfigureAsync()),
    ];

    internal static async IAsyncEnumerable<Finding> ProveAsync(RolesSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var role in spec.Roles.Where(static role => role.Value.Login).Select(static role => role.Key))
        {
            var (bout, instead) = await EnterAsync(spec, arena, role, token);
            await using (bout)
            {
                foreach (var (attack, strike) in Duels)
                    yield return Tell(attack, spec, role, bout is null ? instead!
                        : await strike(new(spec, role, bout, arena.Catalog.Server.Major, token)));
            }
            yield return Tell(RoleAttacks.Door, spec, role, await KnockAsync(arena, role, token));
        }
        foreach (var finding in await LookAsync(spec, arena, token))
            yield return finding;
    }

    // A role may not be let into the database where server-wide work is done; any database of the estate is as good a place to attack from.
    static async Task<(Bout? Bout, Blow? Instead)> EnterAsync(RolesSpec spec, Arena arena, string role, CancellationToken token)
    {
        var closed = new List<string>();
        foreach (var database in (string?[])[null, .. spec.Databases])
        {
            try
            {
                return (database is null ? await arena.EnterAsync(role, token) : await arena.EnterAsync(role, database, token), null);
            }
            catch (LoginUnavailableException missing)
            {
                return (null, new(Verdict.Inconclusive, missing.Message));
            }
            catch (PostgresException refused)
                when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidCatalogName)
            {
                if (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
                    closed.Add(database ?? "the maintenance database");
            }
            catch (NpgsqlException failed)
            {
                return (null, new(Verdict.Inconclusive, $"could not log in as {role}: {Brief(failed)}", "howdah apply sets the declared "
                    + "password"));
            }
        }
        return (null, closed.Count > 0
            ? Blow.Held($"it was refused (42501) before it could try: {string.Join(", ", closed)}")
            : new(Verdict.Inconclusive, $"there is no database to attack from as {role}"));
    }

    static async Task<Blow> KnockAsync(Arena arena, string role, CancellationToken token)
    {
        foreach (var (password, words) in ((string, string)[])[("howdah-knocks-with-a-wrong-password", "a wrong password"),
            (role, "its own name as password")])
        {
            PostgresException? refusal;
            try
            {
                refusal = await arena.KnockAsync(role, password, token);
            }
            catch (NpgsqlException failed)
            {
                return new(Verdict.Inconclusive, $"could not knock as {role}: {Brief(failed)}");
            }
            switch (refusal?.SqlState)
            {
                case "28P01" or "28000":
                    continue;
                case null:
                    return Blow.Broken($"it was let in with {words}", "change the line of pg_hba.conf that lets it in to scram-sha-256, "
                        + "and reload");
                case PostgresErrorCodes.InsufficientPrivilege:
                    return Blow.Broken($"with {words} it was refused only by the database, after its identity had been taken for granted",
                        "change the line of pg_hba.conf that lets it in to scram-sha-256, and reload");
                default:
                    return new(Verdict.Inconclusive, $"could not knock as {role}: {Brief(refusal)}");
            }
        }
        return Blow.Held("refused with a wrong password and with its own name as password");
    }

    static async Task<List<Finding>> LookAsync(RolesSpec spec, Arena arena, CancellationToken token)
    {
        var facts = await RolesInspector.InspectAsync(spec, arena.Catalog, token);
        var findings = new List<Finding>();
        string[] declared = [.. spec.Roles.Keys];
        string[] shut = [.. spec.Roles.Where(static role => !role.Value.ForeignMembers).Select(static role => role.Key)];
        string[] logins = [.. spec.Roles.Where(static role => role.Value.Login).Select(static role => role.Key)];
        var kinds = facts.Applier.ReadsVerifiers
            ? await arena.Catalog.QueryAsync(Kinds, static row => (Role: row.GetString(0), Kind: row.GetString(1)), token, [logins]) : null;
        foreach (var role in logins)
        {
            var kind = kinds?.FirstOrDefault(each => each.Role == role).Kind;
            findings.Add(Tell(RoleAttacks.Verifier, spec, role, (kind, spec.Roles[role].Password) switch
            {
                _ when kinds is null => new(Verdict.Inconclusive, $"{arena.Catalog.Server.User} may not read pg_authid"),
                (null, _) => new(Verdict.Inconclusive, "there is no such role"),
                ("scram", _) => Blow.Held("the verifier is SCRAM-SHA-256"),
                ("none", null) => Blow.Held("it has no password and none is declared"),
                ("none", _) => Blow.Broken("it has no password, though one is declared", "howdah apply sets it"),
                _ => Blow.Broken($"the verifier is of the kind {kind}", "set the password anew: howdah apply does, where one is declared"),
            }));
        }
        var outsiders = await arena.Catalog.QueryAsync(Outsiders, static row => $"{row.GetString(0)} → {row.GetString(1)}", token, shut,
            declared);
        findings.Add(new(RoleAttacks.Outsiders, RolesPattern.Key, $"server {spec.Server}",
            outsiders.Count == 0 ? Verdict.Held : Verdict.Broken,
            outsiders.Count == 0 ? "no membership leads from an undeclared role to a declared one"
                : $"memberships: {string.Join(", ", outsiders)}",
            outsiders.Count == 0 ? null : "howdah apply revokes direct ones; declare the others, or revoke them"));
        findings.AddRange(spec.Owners.Where(facts.Roles.ContainsKey)
            .Select(owner => Tell(RoleAttacks.Owners, spec, owner, facts.Roles[owner].Login
            ? Blow.Broken("it owns a database and may log in", $"ALTER ROLE {new Engine.Planning.Ident(owner)} NOLOGIN")
                : Blow.Held("it owns a database and may not log in"))));
        return findings;
    }

    static Finding Tell(Attack attack, RolesSpec spec, string role, Blow blow) =>
        new(attack, RolesPattern.Key, $"server {spec.Server} as {role}", blow.Verdict, blow.Evidence, blow.Fix);

    static string Brief(NpgsqlException failed) => failed is PostgresException told ? $"{told.SqlState} {told.MessageText}"
        : failed.Message;
}
