using System.Runtime.CompilerServices;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Grants;

/// <summary>Each login tries what nobody gave it.</summary>
static class GrantsProver
{
    static readonly Attack Read = new("ACC-G01", "Nobody reads a table without a grant", Gravity.Critical, true,
        "Each login selects from every table of the declared schemas it was not granted; anything but 'permission denied' is a break.",
        "PostgreSQL documentation, GRANT");

    static readonly Attack Write = new("ACC-G02", "Nobody writes a table without a grant", Gravity.Critical, true,
        "Each login deletes from (WHERE false) every table and view it was not granted DELETE on; anything but 'permission denied' is a "
            + "break. Where nobody can delete, as from a view that is not updatable, having the right is.",
        "PostgreSQL documentation, GRANT");

    static readonly Attack Make = new("ACC-G03", "No login makes schemas", Gravity.High, true,
        "Each login tries CREATE SCHEMA; success is a break: objects of its own are roads into others' searches.", "CVE-2018-1058");

    static readonly Attack Pass = new("ACC-G04", "No login passes on what it was given", Gravity.High, true,
        "Each login grants its tables to everybody; a privilege that everybody has afterwards is a break.",
            "PostgreSQL documentation, GRANT");

    static readonly Attack Call = new("ACC-G05", "No function is there for everybody", Gravity.Medium, false,
        "Lists functions of the declared schemas that the login may call without a grant in the file.",
            "PostgreSQL documentation, CREATE FUNCTION");

    internal static IReadOnlyList<Attack> Attacks { get; } = [Read, Write, Make, Pass, Call];

    internal static async IAsyncEnumerable<Finding> ProveAsync(GrantsSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        var facts = await GrantsInspector.InspectAsync(spec, arena.Catalog, token);
        var tables = facts.Owners.Where(each => each.Key.Kind == ObjectKind.Table).Select(each => new QName(each.Key.Schema, each.Key.Name))
            .ToList();
        foreach (var login in arena.Logins)
        {
            yield return await MakeAsync(Make, spec.Database, login, arena, bout =>
                RefusedAsync(bout, Sql.Of($"create schema howdah_intruder"),
                    $"REVOKE CREATE ON DATABASE \"{spec.Database}\" FROM \"{login}\", PUBLIC", token), token);
            foreach (var table in tables)
            {
                var target = $"{table.Plain}";
                if (!Wanted(spec, login, table, "select"))
                    yield return await MakeAsync(Read, target, login, arena, bout =>
                        RefusedAsync(bout, Sql.Of($"select from {table} limit 0"), $"REVOKE SELECT ON {table} FROM \"{login}\", PUBLIC",
                            token), token);
                if (!Wanted(spec, login, table, "delete"))
                    yield return await MakeAsync(Write, target, login, arena, bout =>
                        UndeletedAsync(bout, table, $"REVOKE DELETE ON {table} FROM \"{login}\", PUBLIC", token), token);
                yield return await MakeAsync(Pass, target, login, arena, bout => PassedAsync(bout, table, login, token), token);
            }
            foreach (var function in facts.Owners.Keys.Where(each => each.Kind == ObjectKind.Function
                && !WantedFunction(spec, login, each)))
                yield return await MakeAsync(Call, function.Text, login, arena, async bout =>
                    await bout.ScalarAsync($"select pg_catalog.has_function_privilege(current_user, "
                        + $"{new Literal($"{new QName(function.Schema, function.Name)}({function.Args})")}, 'execute')", token) is true
                        ? (Verdict.Broken, "may be called",
                            $"REVOKE EXECUTE ON FUNCTION {new QName(function.Schema, function.Name)}({function.Args}) FROM \"{login}\", "
                                + $"PUBLIC")
                        : (Verdict.Held, "may not be called", null), token);
        }
    }

    static bool Wanted(GrantsSpec spec, string login, QName table, string privilege) => spec.Grants.Any(grant =>
        (grant.To.Contains(login) || grant.To.Contains("public")) && (grant.Privileges?.Contains(privilege) ?? true)
        && (grant.On.Tables.Contains(table) || grant.On.AllTables.Contains(table.Schema)
            || grant.On.Columns.Any(each => each.Table == table)));

    static bool WantedFunction(GrantsSpec spec, string login, ObjectName function) => spec.Grants.Any(grant =>
        (grant.To.Contains(login) || grant.To.Contains("public"))
        && (grant.On.AllFunctions.Contains(function.Schema)
            || grant.On.Functions.Any(each => each.Name.Schema == function.Schema && each.Name.Name == function.Name
                && each.Args == function.Args)));

    static async Task<(Verdict, string, string?)> RefusedAsync(Bout bout, Sql statement, string fix, CancellationToken token)
    {
        var (_, refusal) = await bout.TryAsync(b => b.ExecuteAsync(statement.ToString(), token), token);
        return refusal is null ? (Verdict.Broken, $"{statement}: let through", (string?)fix)
            : refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege ? (Verdict.Held, $"{statement}: {refusal.MessageText}", null)
            : (Verdict.Inconclusive, $"{statement}: {refusal.MessageText}", null);
    }

    // From a view that is not updatable nothing can be deleted, whatever the rights, and the server says so before it looks at them; of
    // materialized views and some foreign tables, after it. Then the right itself decides.
    static async Task<(Verdict, string, string?)> UndeletedAsync(Bout bout, QName table, string fix, CancellationToken token)
    {
        var delete = Sql.Of($"delete from {table} where false");
        var (_, refusal) = await bout.TryAsync(b => b.ExecuteAsync(delete.ToString(), token), token);
        if (refusal is null)
            return (Verdict.Broken, $"{delete}: let through", fix);
        if (refusal.SqlState is PostgresErrorCodes.ObjectNotInPrerequisiteState or PostgresErrorCodes.WrongObjectType
            or PostgresErrorCodes.FeatureNotSupported)
            return await bout.ScalarAsync($"select pg_catalog.has_table_privilege(current_user, {new Literal(table.ToString())}, 'DELETE')",
                token) is true
                ? (Verdict.Broken, $"{delete}: {refusal.MessageText}; but it has the right", fix)
                : (Verdict.Held, $"{delete}: {refusal.MessageText}; nor has it the right", null);
        return (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege ? Verdict.Held : Verdict.Inconclusive,
            $"{delete}: {refusal.MessageText}", null);
    }

    // GRANT without grant options may end with a warning only, so what counts is what everybody has afterwards.
    static async Task<(Verdict, string, string?)> PassedAsync(Bout bout, QName table, string login, CancellationToken token)
    {
        var (open, refusal) = await bout.TryAsync(async b =>
        {
            await b.ExecuteAsync(Sql.Of($"grant select on {table} to public").ToString(), token);
            return await b.ScalarAsync($"select exists (select from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x "
                + $"where c.oid = {new Literal(table.ToString())}::pg_catalog.regclass and x.grantee = 0)", token);
        }, token);
        return refusal is not null ? (Verdict.Held, $"grant select on {table.Plain} to public: {refusal.MessageText}", null)
            : open is true ? (Verdict.Broken, $"grant select on {table.Plain} to public: everybody has it",
                (string?)$"REVOKE GRANT OPTION FOR ALL ON {table} FROM \"{login}\"")
            : (Verdict.Held, $"grant select on {table.Plain} to public: without effect", null);
    }

    static async Task<Finding> MakeAsync(Attack about, string target, string login, Arena arena,
        Func<Bout, Task<(Verdict Verdict, string Evidence, string? Fix)>> make, CancellationToken token)
    {
        try
        {
            await using var bout = await arena.EnterAsync(login, token);
            var (verdict, evidence, fix) = await make(bout);
            return new(about, GrantsDiffer.Key, $"{target} as {login}", verdict, evidence, fix);
        }
        catch (PostgresException shut) when (shut.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new(about, GrantsDiffer.Key, $"{target} as {login}", Verdict.Held, $"may not even enter: {shut.MessageText}");
        }
        catch (Exception cannot) when (cannot is NpgsqlException or LoginUnavailableException)
        {
            return new(about, GrantsDiffer.Key, $"{target} as {login}", Verdict.Inconclusive, Evidence.Of(cannot));
        }
    }
}
