using Howdah.Engine.Proving;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>What a login may do beside the tenants' tables: the registry, schemas, shared tables, tables that nobody declared.</summary>
static class SurroundingAttacks
{
    internal static IReadOnlyList<(Attack About, Func<TenancySpec, Bout, CancellationToken, Task<Outcome>> MakeAsync)> All { get; } =
    [
        (new("TEN-C21", "The registry of tenants is closed to logins", Gravity.High, true,
            "Reads, fills and changes howdah.tenants and the records of who did what, registers a tenant, and lists functions of schema "
                + "howdah that it may execute and that are not for it; any of these is a break.", "Howdah"),
            static async (spec, bout, token) =>
            {
                Outcome? unclear = null;
                foreach (var statement in (string[])
                    [
                        "select 1 from howdah.tenants limit 1",
                        "select 1 from howdah.tenant_work limit 1",
                        "select 1 from howdah.tenant_events limit 1",
                        "insert into howdah.tenant_events (tenant, name, action) select pg_catalog.gen_random_uuid(), 'x', 'x'",
                        "delete from howdah.tenant_events",
                        "insert into howdah.tenants (name) values ('howdah intruder')",
                        "update howdah.tenants set state = 'suspended'",
                        "select howdah.register_tenant('howdah intruder')",
                    ])
                {
                    var (_, refusal) = await bout.TryAsync(inner => inner.ScalarAsync(statement, token), token);
                    if (refusal is null)
                        return Outcome.Broken($"{statement}: let through",
                            $"REVOKE ALL ON SCHEMA howdah FROM PUBLIC, \"{bout.Role}\"; howdah apply");
                    unclear ??= Outcome.Unexpected(statement, refusal);
                }
                var callable = await LoginAttacks.TextsAsync(bout,
                    "select p.oid::pg_catalog.regprocedure::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n "
                    + "on n.oid = p.pronamespace where n.nspname = 'howdah' and pg_catalog.has_function_privilege(p.oid, 'EXECUTE') "
                    + "and p.proname <> all ($1) order by 1", token, [TenancyParts.Open(spec.Callers(true).Contains(bout.Role))]);
                return callable.Count > 0
                    ? Outcome.Broken($"it may execute {string.Join(", ", callable)}",
                        $"REVOKE EXECUTE ON FUNCTION {callable[0]} FROM PUBLIC, \"{bout.Role}\"")
                    : unclear ?? Outcome.Held("read, insert, update, register: all refused");
            }),

        (new("TEN-A23", "The application can ask where a tenant lives", Gravity.Medium, true,
            "As the application, asks howdah.locate and howdah.locate_name; a refusal is a break.", "Howdah"),
            static async (spec, bout, token) =>
            {
                if (!spec.Wanted.Roles.Contains(bout.Role))
                    return Outcome.Held($"{bout.Role} serves no tenant");
                var (_, refusal) = await bout.TryAsync(async inner =>
                {
                    await inner.ScalarAsync("select place from howdah.locate(pg_catalog.gen_random_uuid())", token);
                    return await inner.ScalarAsync("select place from howdah.locate_name('howdah probe')", token);
                }, token);
                return refusal is null ? Outcome.Held("answered")
                    : Outcome.Broken(refusal.MessageText, "howdah apply: it makes howdah.locate() and howdah.locate_name() again");
            }),

        (new("TEN-C22", "No login can make objects beside the tenants'", Gravity.High, false,
            "Lists schemas in which the login may create (of the application's logins: any schema, and the database): with its own table "
                + "and a foreign key, or a function of a known name, it reaches what it may not read.",
            "CVE-2018-1058"),
            static async (spec, bout, token) => Any(await LoginAttacks.TextsAsync(bout,
                """
                select 'schema ' || pg_catalog.quote_ident(n.nspname) from pg_catalog.pg_namespace n
                where n.nspname !~ '^pg_(toast|temp)' and (n.nspname = any($1) or $2) and pg_catalog.has_schema_privilege(n.oid, 'CREATE')
                union all
                select 'database ' || pg_catalog.quote_ident(pg_catalog.current_database())
                where $2 and pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
                order by 1
                """, token, spec.Wanted.Tables.Select(table => table.Schema).Distinct().ToArray(), spec.Wanted.Roles.Contains(bout.Role)),
                "may create in", first => $"REVOKE CREATE ON {first} FROM PUBLIC, \"{bout.Role}\"", "it may create nowhere")),

        (new("TEN-C23", "No tenant writes what all tenants read", Gravity.High, false,
            "Lists shared tables that the application's login may change: what one tenant writes there, all read.", "Howdah"),
            static async (spec, bout, token) => !spec.Wanted.Roles.Contains(bout.Role)
                ? Outcome.Held($"{bout.Role} serves no tenant")
                : Any(await LoginAttacks.TextsAsync(bout,
                """
                select t from pg_catalog.unnest($1::text[]) t
                where pg_catalog.has_table_privilege(pg_catalog.to_regclass(t)::oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                   or pg_catalog.has_any_column_privilege(pg_catalog.to_regclass(t)::oid, 'INSERT, UPDATE')
                order by 1
                """, token, [spec.Wanted.Shared.Select(table => table.ToString()).ToArray()]),
                "may write", first => $"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {first} FROM \"{bout.Role}\"",
                "it may write no shared table")),

        (new("TEN-C19", "No copy of tenants' rows stands open beside the tables", Gravity.Critical, false,
            "Lists tables, partitions, materialized views and foreign tables anywhere that have the tenant column, are not declared, have "
                + "no row-level security, and which the login may read: exports, copies (CREATE TABLE AS), tables made before the guard.",
            "pgrls SEC053"),
            static async (spec, bout, token) => Any(await LoginAttacks.TextsAsync(bout,
                """
                select pg_catalog.format('%I.%I', n.nspname, c.relname)
                from pg_catalog.pg_attribute a
                join pg_catalog.pg_class c on c.oid = a.attrelid
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where a.attname = $2 and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'm', 'f') and not c.relrowsecurity
                  and n.nspname not in ('pg_catalog', 'information_schema', 'howdah')
                  and not exists (select from pg_catalog.unnest($1::text[]) t where pg_catalog.to_regclass(t) = c.oid)
                  and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
                order by 1
                """, token, spec.Wanted.Tables.Concat(spec.Wanted.Shared).Select(table => table.ToString()).ToArray(), spec.Wanted.Column),
                "may read", first => $"declare {first} under tenancy.tables, or REVOKE ALL ON {first} FROM PUBLIC, \"{bout.Role}\"",
                "it may read no undeclared table with the tenant column")),

        (new("TEN-C12", "No large object is open to a login", Gravity.High, false,
            "Lists large objects that the login owns or may read: they have no tenant.", "PostgreSQL documentation, Large Objects"),
            static async (_, bout, token) => Any(await LoginAttacks.TextsAsync(bout,
                """
                select l.oid::text from pg_catalog.pg_largeobject_metadata l
                where pg_catalog.pg_has_role(l.lomowner, 'USAGE') or exists (
                  select from pg_catalog.aclexplode(l.lomacl) x
                  where case when x.grantee = 0 then true else pg_catalog.pg_has_role(x.grantee, 'USAGE') end)
                order by l.oid limit 10
                """, token), "may read large objects", first => $"SELECT lo_unlink({first}); keep such content in a bytea column",
                "there is none that it may read")),
    ];

    static Outcome Any(List<string> found, string what, Func<string, string> fix, string none) =>
        found.Count == 0 ? Outcome.Held(none) : Outcome.Broken($"{what} {string.Join(", ", found)}", fix(found[0]));
}
