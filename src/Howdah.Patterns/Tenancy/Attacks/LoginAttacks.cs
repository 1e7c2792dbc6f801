using System.Globalization;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>Attacks that a login makes on the database as a whole, not on one table.</summary>
static class LoginAttacks
{
    internal static IReadOnlyList<(Attack About, Func<TenancySpec, Bout, CancellationToken, Task<Outcome>> MakeAsync)> All { get; } =
    [
        (new("TEN-A02", "No login is a member of the tables' owner", Gravity.Critical, false,
            "Asks for membership in the owner, direct or not: a member sees what the owner sees.",
                "PostgreSQL documentation, Row Security Policies"),
            static async (spec, bout, token) =>
                await bout.ScalarAsync("select pg_catalog.pg_has_role(current_user, $1, 'MEMBER')", token, spec.Owner) is true
                ? Outcome.Broken($"{bout.Role} is a member of {spec.Owner}", $"REVOKE \"{spec.Owner}\" FROM \"{bout.Role}\"")
                : Outcome.Held($"{bout.Role} is no member of {spec.Owner}")),

        (new("TEN-A04", "No login is exempt from policies", Gravity.Critical, false,
            "Asks whether the login itself is superuser or has BYPASSRLS.", "PostgreSQL documentation, CREATE ROLE"),
            static async (_, bout, token) => await bout.ScalarAsync(
                "select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user", token) is true
                ? Outcome.Broken($"{bout.Role} is superuser or has BYPASSRLS", $"ALTER ROLE \"{bout.Role}\" NOSUPERUSER NOBYPASSRLS")
                : Outcome.Held($"{bout.Role} is neither superuser nor has BYPASSRLS")),

        (new("TEN-A05", "No login can become a role that is exempt", Gravity.Critical, true,
            "Tries SET ROLE to every role that is superuser or has BYPASSRLS; one that is let through is a break.", "pgrls SEC029"),
            static async (_, bout, token) =>
            {
                var exempt = await TextsAsync(bout,
                    "select rolname::text from pg_catalog.pg_roles where rolsuper or rolbypassrls order by 1", token);
                Outcome? unclear = null;
                foreach (var role in exempt.Where(role => role != bout.Role))
                {
                    var (_, refusal) = await bout.TryAsync(b => b.ExecuteAsync($"set local role {new Engine.Planning.Ident(role)}", token),
                        token);
                    if (refusal is null)
                        return Outcome.Broken($"set role {role}: let through", $"REVOKE \"{role}\" FROM \"{bout.Role}\"");
                    unclear ??= Outcome.Unexpected($"set role {role}", refusal);
                }
                return unclear ?? Outcome.Held(
                    $"set role to each of {exempt.Count.ToString(CultureInfo.InvariantCulture)} exempt roles: refused");
            }),

        (new("TEN-C01", "No view, copy, partition or foreign table shows what the floor hides", Gravity.Critical, true,
            "Without a tenant, reads every relation it may read that is made from a tenant table: views (through views), materialized "
                + "views, partitions, children; a row is a break.",
            "PostgreSQL documentation, CREATE VIEW (security_invoker)"),
            static async (spec, bout, token) =>
            {
                var derived = await TextsAsync(bout, Derived, token, [spec.Wanted.Tables.Select(table => table.ToString()).ToArray()]);
                Outcome? unclear = null;
                foreach (var relation in derived)
                {
                    var (row, refusal) = await bout.TryAsync(b => b.ScalarAsync($"select 1 from {relation} limit 1", token), token);
                    if (row is not null)
                        return Outcome.Broken($"no tenant set: select from {relation}: rows",
                            $"ALTER VIEW {relation} SET (security_invoker = true), or REVOKE ALL ON {relation} FROM \"{bout.Role}\"");
                    if (refusal is not null)
                        unclear ??= Outcome.Unexpected($"no tenant set: select from {relation}", refusal);
                }
                return unclear ?? Outcome.Held(derived.Count == 0 ? "it may read nothing that is made from a tenant table"
                    : $"{string.Join(", ", derived)}: no row");
            }),

        (new("TEN-C03", "Functions that run with another's rights pin their search_path and are not for everybody", Gravity.High, false,
            "Lists SECURITY DEFINER functions outside extensions that the login may call whose owner is exempt from policies or whose "
                + "search_path is not pinned.",
            "PostgreSQL documentation, CREATE FUNCTION, Writing SECURITY DEFINER Functions Safely"),
            static async (_, bout, token) =>
            {
                var open = await TextsAsync(bout, Definers, token);
                return open.Count == 0 ? Outcome.Held("it may call no such function")
                    : Outcome.Broken($"it may call {string.Join(", ", open)}",
                        $"REVOKE EXECUTE ON FUNCTION {open[0]} FROM PUBLIC, \"{bout.Role}\"");
            }),

        (new("TEN-C11", "Sequences do not tell or change what others do", Gravity.Medium, true,
            "Reads last_value of every sequence and asks for UPDATE, which allows setval; either is a break (setval itself is not tried: "
                + "no "
                + "rollback undoes it).", "Howdah"),
            static async (_, bout, token) =>
            {
                Outcome? unclear = null;
                foreach (var sequence in await TextsAsync(bout,
                    "select c.oid::pg_catalog.regclass::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n "
                    + "on n.oid = c.relnamespace where c.relkind = 'S' and n.nspname !~ '^pg_' and "
                        + "pg_catalog.has_schema_privilege(n.oid, 'USAGE') order by 1", token))
                {
                    var (_, refusal) = await bout.TryAsync(b => b.ScalarAsync($"select last_value from {sequence}", token), token);
                    var sets = await bout.ScalarAsync("select pg_catalog.has_sequence_privilege($1, 'UPDATE')", token, sequence) is true;
                    if (refusal is null || sets)
                        return Outcome.Broken(sets ? $"may setval on {sequence}" : $"select last_value from {sequence}: answered",
                            $"REVOKE SELECT, UPDATE ON SEQUENCE {sequence} FROM \"{bout.Role}\"");
                    unclear ??= Outcome.Unexpected($"select last_value from {sequence}", refusal!);
                }
                return unclear ?? Outcome.Held("no sequence answers, and none may be set");
            }),

        (new("TEN-C14", "No login can read the change stream", Gravity.Critical, false,
            "Asks for REPLICATION, with which a slot shows every row of every tenant.", "Howdah"),
            static async (_, bout, token) =>
                await bout.ScalarAsync("select rolreplication from pg_catalog.pg_roles where rolname = current_user", token) is true
                ? Outcome.Broken($"{bout.Role} has REPLICATION", $"ALTER ROLE \"{bout.Role}\" NOREPLICATION")
                : Outcome.Held($"{bout.Role} has no REPLICATION")),

        (new("TEN-E07", "No login can make temporary tables that shadow the tenants'", Gravity.Medium, true,
            "CREATE TEMP TABLE; success is a break: through a pooler the next tenant finds it before the real one.", "Howdah"),
            static async (spec, bout, token) =>
            {
                var (_, refusal) = await bout.TryAsync(b => b.ExecuteAsync("create temporary table howdah_shadow (x int)", token), token);
                return refusal is null
                    ? Outcome.Broken("create temporary table: let through",
                        $"REVOKE TEMPORARY ON DATABASE \"{spec.Database}\" FROM PUBLIC, \"{bout.Role}\"")
                    : Outcome.Refused("create temporary table", refusal);
            }),

        (new("TEN-E13", "No setting gives a session a tenant before it asks", Gravity.High, false,
            "Looks whether a new session already has a tenant (ALTER ROLE … SET, ALTER DATABASE … SET, the server's file).", "Howdah"),
            static async (spec, bout, token) =>
                await bout.ScalarAsync("select pg_catalog.current_setting($1, true)", token, spec.Wanted.Context) is string { Length: > 0 }
                ? Outcome.Broken($"a new session of {bout.Role} has {spec.Wanted.Context} set",
                    $"ALTER ROLE \"{bout.Role}\" RESET {spec.Wanted.Context}; ALTER DATABASE \"{spec.Database}\" RESET "
                        + $"{spec.Wanted.Context}")
                : Outcome.Held("a new session has no tenant")),
    ];

    const string Derived =
        """
        with recursive made(oid) as (
          select t::pg_catalog.regclass::oid from pg_catalog.unnest($1::text[]) t
          union
          select step.oid from made m
          cross join lateral (
            select r.ev_class from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
            where d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = m.oid
              and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            union all
            select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = m.oid
          ) step(oid)
        )
        select pg_catalog.format('%I.%I', n.nspname, c.relname)
        from made join pg_catalog.pg_class c on c.oid = made.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where made.oid <> all (select t::pg_catalog.regclass::oid from pg_catalog.unnest($1::text[]) t)
          and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
        order by 1
        """;

    const string Definers =
        """
        select pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
        from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        join pg_catalog.pg_roles o on o.oid = p.proowner
        where p.prosecdef and n.nspname <> 'pg_catalog' and n.nspname <> 'information_schema'
          and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
          and (o.rolsuper or o.rolbypassrls 
               or not exists (select from pg_catalog.unnest(coalesce(p.proconfig, '{}')) s where s like 'search\_path=%'))
          and not exists (select from pg_catalog.pg_depend d
                          where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
        order by 1
        """;

    internal static async Task<List<string>> TextsAsync(Bout bout, string query, CancellationToken token, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(query, bout.Connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        await using var rows = await command.ExecuteReaderAsync(token);
        var texts = new List<string>();
        while (await rows.ReadAsync(token))
            texts.Add(rows.GetString(0));
        return texts;
    }
}
