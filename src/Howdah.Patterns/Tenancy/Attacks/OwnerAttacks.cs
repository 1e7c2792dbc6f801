using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>Attacks that need the role that applies: they act as the owner, as the backup role, as a login on a table made for the
/// purpose.</summary>
static class OwnerAttacks
{
    internal static IReadOnlyList<(
        Attack About, Func<TenancySpec, Bout, QName, string, string, CancellationToken, Task<Outcome>> MakeAsync)> OnTables { get; } =
    [
        (new("TEN-A01", "The tables' owner is subject to the floor", Gravity.High, true,
            "As the owner, without a tenant, reads a table that has rows; a row is a break (FORCE is missing).",
                "PostgreSQL documentation, ALTER TABLE"),
            static async (spec, bout, table, _, _, token) =>
            {
                await bout.ExecuteAsync(Sql.Of($"set local role {new Ident(spec.Owner)}").ToString(), token);
                return await bout.ScalarAsync(Sql.Of($"select 1 from {table} limit 1").ToString(), token) is null
                    ? Outcome.Held($"as {spec.Owner}, no tenant set: no row")
                    : Outcome.Broken($"as {spec.Owner}, no tenant set: rows", $"ALTER TABLE {table} FORCE ROW LEVEL SECURITY");
            }),

        (new("TEN-B15", "A migration sees every tenant's rows", Gravity.High, true,
            "As the owner, lifts the floor as a migration does and looks for rows of two tenants, then lays it again; a tenant that is not "
                + "seen is a break (data changes would silently skip it), and so is a row seen afterwards.",
            "agor#2591"),
            static async (spec, bout, table, a, b, token) =>
            {
                await bout.ExecuteAsync(Sql.Of($"set local role {new Ident(spec.Owner)}").ToString(), token);
                var (seen, refusal) = await bout.TryAsync(async inner =>
                {
                    var lifted = await inner.ScalarAsync("select howdah.lift_floor()::text[]::text", token) as string;
                    var both = await inner.ScalarAsync(Sql.Of($"""
                        select exists (select from {table} where {new Ident(spec.Wanted.Column)} = {new Literal(a)})
                           and exists (select from {table} where {new Ident(spec.Wanted.Column)} = {new Literal(b)})
                        """).ToString(), token);
                    await inner.ScalarAsync(Sql.Of(
                        $"select howdah.restore_floor({new Literal(lifted ?? "{}")}::pg_catalog.regclass[])").ToString(), token);
                    var left = await inner.ScalarAsync(Sql.Of($"select 1 from {table} limit 1").ToString(), token);
                    return both is not true ? "a tenant's rows are not seen" : left is not null ? "the floor is not laid again" : "";
                }, token);
                return refusal is { SqlState: "55P03" } ? Outcome.Unclear($"{table.Plain} is in use: {refusal.MessageText}")
                    : seen is "" ? Outcome.Held("with the floor lifted in its own transaction, the owner sees both tenants; then none")
                    : Outcome.Broken(refusal?.MessageText ?? seen!,
                        "howdah apply: it makes howdah.lift_floor() and howdah.restore_floor() again");
            }),

        (new("TEN-B22", "A policy that somebody adds opens nothing", Gravity.Critical, true,
            "As the owner, adds a permissive policy USING (true) for everybody and reads without a tenant; a row is a break: the floor is "
                + "not restrictive, or not for everybody.",
            "PostgreSQL documentation, CREATE POLICY"),
            static async (spec, bout, table, _, _, token) =>
            {
                await bout.ExecuteAsync(Sql.Of($"set local role {new Ident(spec.Owner)}").ToString(), token);
                var (row, refusal) = await bout.TryAsync(async inner =>
                {
                    await inner.ExecuteAsync(Sql.Of($"create policy howdah_intruder on {table} to public using (true)").ToString(), token);
                    return await inner.ScalarAsync(Sql.Of($"select 1 from {table} limit 1").ToString(), token);
                }, token);
                return refusal is not null ? Outcome.Unclear($"create policy on {table.Plain}: {Engine.Proving.Evidence.Of(refusal)}")
                    : row is null ? Outcome.Held($"as {spec.Owner}, with a permissive policy USING (true), no tenant set: no row")
                    : Outcome.Broken($"as {spec.Owner}, with a permissive policy USING (true), no tenant set: rows",
                        $"howdah apply: it lays {TenancySpec.Floor} on {table.Plain} again");
            }),

        (new("TEN-C18", "A backup holds every tenant's rows", Gravity.High, true,
            "As the backup role, without a tenant, looks for rows of two tenants; a tenant that is not seen is a break: the dump would "
                + "be empty and end with 0.",
            "PostgreSQL documentation, pg_dump --enable-row-security"),
            static async (spec, bout, table, a, b, token) =>
            {
                if (spec.Wanted.Backup is not { } backup)
                    return Outcome.Held("no backup role is declared, so none is promised");
                await bout.ExecuteAsync(Sql.Of($"set local role {new Ident(backup)}; set local row_security = off").ToString(), token);
                var (seen, refusal) = await bout.TryAsync(inner => inner.ScalarAsync(Sql.Of($"""
                    select exists (select from {table} where {new Ident(spec.Wanted.Column)} = {new Literal(a)})
                       and exists (select from {table} where {new Ident(spec.Wanted.Column)} = {new Literal(b)})
                    """).ToString(), token), token);
                return seen is true ? Outcome.Held($"as {backup}: both tenants are seen")
                    : Outcome.Broken(refusal?.MessageText ?? "a tenant's rows are not seen",
                        $"ALTER ROLE \"{backup}\" BYPASSRLS; GRANT SELECT ON {table} TO \"{backup}\"");
            }),
    ];

    internal static (Attack About, Func<TenancySpec, Bout, CancellationToken, Task<Outcome>> MakeAsync) Registry { get; } =
        (new("TEN-A21", "The owner can register a tenant, once", Gravity.Medium, true,
            "As the owner, registers a tenant twice; an error, or two ids for one name, is a break.", "Howdah"),
            static async (spec, bout, token) =>
            {
                await bout.ExecuteAsync(Sql.Of($"set local role {new Ident(spec.Owner)}").ToString(), token);
                var (same, refusal) = await bout.TryAsync(async inner =>
                    await inner.ScalarAsync("select howdah.register_tenant('howdah probe')::text", token) is string id
                    && await inner.ScalarAsync("select howdah.register_tenant('howdah probe')::text", token) is string again
                    && id == again, token);
                return refusal is { SqlState: "55P03" } ? Outcome.Unclear($"the registry is in use: {refusal.MessageText}")
                    : same ? Outcome.Held("registered twice: one id")
                    : Outcome.Broken(refusal?.MessageText ?? "registered twice: no id, or another one",
                        "howdah apply: it makes howdah.tenants and howdah.register_tenant() again");
            });

    internal static (Attack About, Func<TenancySpec, Bout, string, CancellationToken, Task<Outcome>> MakeAsync) Newborn { get; } =
        (new("TEN-A08", "A table made later is closed at birth", Gravity.High, true,
            "Makes a table beside the tenants' as their owner, puts a row in it, grants SELECT to the login and reads as the login; a "
                + "row is a break.", "Howdah"),
            static async (spec, bout, login, token) =>
            {
                var probe = new QName(spec.Wanted.Tables[0].Schema, "howdah_newborn");
                // Whoever may not use the schema reaches no table of it, whatever is granted on one.
                if (await bout.ScalarAsync(Sql.Of($"""
                    select pg_catalog.has_schema_privilege({new Literal(login)}, {new Literal(probe.Schema)}, 'usage')
                    """).ToString(), token) is false)
                    return Outcome.Held($"{login} may not use the schema {probe.Schema}");
                await bout.ExecuteAsync(Sql.Of($"""
                    set local role {new Ident(spec.Owner)};
                    create table {probe} (x integer);
                    insert into {probe} values (1);
                    grant select on {probe} to {new Ident(login)}
                    """).ToString(), token);
                var (row, refusal) = await bout.TryAsync(async inner =>
                {
                    await inner.ExecuteAsync(Sql.Of($"reset role; set local session authorization {new Ident(login)}").ToString(), token);
                    return await inner.ScalarAsync(Sql.Of($"select x from {probe}").ToString(), token);
                }, token);
                return refusal is not null ? Outcome.Unclear($"as {login} on a new table: {refusal.MessageText}")
                    : row is null ? Outcome.Held($"a new table with a row and a grant: {login} sees none")
                    : Outcome.Broken($"a new table with a row and a grant: {login} sees it",
                        "howdah apply as a superuser: it makes the event trigger howdah_guard");
            });
}
