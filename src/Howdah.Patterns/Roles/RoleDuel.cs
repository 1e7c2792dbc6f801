using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Roles;

/// <summary>The attacks of one role over its own connection.</summary>
sealed class RoleDuel(RolesSpec spec, string role, Bout bout, int major, CancellationToken token)
{
    static readonly string[] Programs = ["pg_execute_server_program"];
    static readonly string[] Readers = ["pg_read_server_files"];

    readonly HashSet<string> becomes = RoleClosure.Becomes(spec, role);
    readonly HashSet<string> inherits = RoleClosure.Inherits(spec, role);
    string? unstaged;

    RoleSpec Wish => spec.Roles[role];
    const string Lost = "an attack cost the connection";
    bool Alive => bout.Connection.FullState.HasFlag(System.Data.ConnectionState.Open);
    Ident Self => new(role);

    internal async Task<Blow> BecomeAsync()
    {
        var others = await ListAsync("select rolname::text from pg_catalog.pg_roles where rolname <> current_user order by 1");
        var became = new List<string>();
        foreach (var other in others.Where(other => !becomes.Contains(other)))
        {
            if (await WorksAsync(Sql.Of($"SET LOCAL ROLE {new Ident(other)}")))
                became.Add(other);
        }
        return became.Count == 0
            ? Held($"SET ROLE was refused for each of {others.Count(other => !becomes.Contains(other))} roles that are not declared")
            : Blow.Broken($"SET ROLE worked for {string.Join(", ", became)}",
                string.Join("; ", became.Select(other => $"REVOKE {new Ident(other)} FROM {Self}")));
    }

    internal async Task<Blow> InheritAsync()
    {
        var has = await ListAsync(
            "select rolname::text from pg_catalog.pg_roles where rolname <> current_user and pg_catalog.pg_has_role(oid, 'USAGE') order "
                + "by 1");
        var more = has.Where(other => !inherits.Contains(other)).ToList();
        return more.Count == 0
            ? Held($"pg_has_role says USAGE only of the {has.Count} declared roles")
            : Blow.Broken($"it has the privileges of {string.Join(", ", more)}", "howdah apply revokes what is not declared");
    }

    internal async Task<Blow> PowersAsync()
    {
        var undeclared = (await ListAsync(
            """
            select power from pg_catalog.pg_roles r, lateral (values ('superuser', r.rolsuper or current_setting('is_superuser') = 'on'),
              ('CREATEROLE', r.rolcreaterole), ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication),
              ('BYPASSRLS', r.rolbypassrls)) p(power, has)
            where r.rolname = current_user and has order by 1
            """)).Where(power => !(power switch
            {
                "CREATEROLE" => Wish.CreateRole,
                "CREATEDB" => Wish.CreateDb,
                "REPLICATION" => Wish.Replication,
                "BYPASSRLS" => Wish.BypassRls,
                _ => false,
            })).ToList();
        if (undeclared.Count == 0 && !Wish.CreateRole && await WorksAsync(Sql.Of($"CREATE ROLE {new Ident("howdah_attack")}")))
            undeclared.Add("CREATE ROLE by another way");
        return undeclared.Count == 0
            ? Held(Wish.CreateRole ? "its own row in pg_roles has only declared powers"
                : "its own row in pg_roles has only declared powers; CREATE ROLE was refused")
            : Blow.Broken($"it has {string.Join(", ", undeclared)}", "howdah apply takes away what is not declared");
    }

    internal async Task<Blow> ClimbAsync()
    {
        var tries = new List<Sql>
        {
            Sql.Of($"ALTER ROLE {Self} SUPERUSER"), Sql.Of($"ALTER ROLE {Self} BYPASSRLS"), Sql.Of($"ALTER ROLE {Self} CREATEROLE"),
            Sql.Of($"ALTER ROLE {Self} REPLICATION"),
        };
        if (Wish.CreateRole)
            tries.RemoveAt(2);
        tries.AddRange(((string[])["pg_execute_server_program", "pg_read_all_data", .. spec.Owners])
            .Where(other => !becomes.Contains(other))
            .Select(other => Sql.Of($"GRANT {new Ident(other)} TO {Self}")));
        return await FirstAsync(tries, Wish.CreateRole && major < 16
            ? "before PostgreSQL 16 a role with create_role can give itself almost everything: take create_role away, or upgrade"
            : $"look how {role} came to ADMIN or CREATEROLE; howdah plan shows what differs");
    }

    internal async Task<Blow> FilesAsync()
    {
        var tries = new List<Sql>();
        if (!inherits.Overlaps(Programs))
            tries.Add(Sql.Of($"COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'"));
        if (!inherits.Overlaps(Readers))
        {
            tries.Add(Sql.Of($"SELECT pg_catalog.pg_read_file('PG_VERSION')"));
            tries.Add(Sql.Of($"SELECT pg_catalog.pg_ls_dir('.')"));
            tries.Add(Sql.Of($"SELECT pg_catalog.lo_import('PG_VERSION')"));
            tries.Add(Sql.Of($"DO $$ BEGIN CREATE TEMPORARY TABLE howdah_attack(line text); COPY howdah_attack FROM 'PG_VERSION'; END $$"));
        }
        return await FirstAsync(tries, $"REVOKE pg_execute_server_program, pg_read_server_files, pg_write_server_files FROM {Self}, and "
            + $"EXECUTE on the function named");
    }

    internal async Task<Blow> ConfigureAsync()
    {
        var altered = await ListAsync(
            "select name from pg_catalog.pg_settings where pg_catalog.has_parameter_privilege(name, 'ALTER SYSTEM') order by 1 limit 5");
        if (altered.Count > 0)
            return Blow.Broken($"it may ALTER SYSTEM SET {string.Join(", ", altered)}", $"REVOKE ALTER SYSTEM ON PARAMETER {altered[0]} "
                + $"FROM {Self}");
        return await FirstAsync([Sql.Of($"SET LOCAL session_replication_role = replica"), Sql.Of($"SET LOCAL log_statement = 'none'")],
            $"REVOKE SET ON PARAMETER session_replication_role, log_statement FROM {Self}");
    }

    async Task<Blow> FirstAsync(IReadOnlyList<Sql> tries, string fix)
    {
        foreach (var sql in tries)
        {
            if (await WorksAsync(sql))
                return Blow.Broken($"it worked: {sql}", fix);
        }
        return Held($"refused: {string.Join("; ", tries.Select(static sql => sql.ToString()))}");
    }

    // Only "permission denied" is a defense. Anything else (a lock not to be had, a function that is not there) means that nothing was
    // proved.
    async Task<bool> WorksAsync(Sql sql)
    {
        if (!Alive)
        {
            unstaged ??= Lost;
            return false;
        }
        var refusal = (await bout.TryAsync(async each => await each.ExecuteAsync(sql.ToString(), token), token)).Refusal;
        if (refusal is not null && refusal.SqlState != PostgresErrorCodes.InsufficientPrivilege)
            unstaged ??= $"{sql} failed for another reason: {refusal.SqlState} {refusal.MessageText}";
        return refusal is null;
    }

    Blow Held(string evidence) => unstaged is null ? Blow.Held(evidence) : new(Verdict.Inconclusive, unstaged);

    async Task<List<string>> ListAsync(string sql)
    {
        if (!Alive)
        {
            unstaged ??= Lost;
            return [];
        }
        var rows = await bout.ScalarAsync($"select coalesce(array_agg(x order by x), array[]::text[]) from ({sql}) q(x)", token);
        return rows is string[] list ? [.. list] : [];
    }
}

/// <summary>What one attack came to.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Fix">What closes it.</param>
sealed record Blow(Verdict Verdict, string Evidence, string? Fix = null)
{
    internal static Blow Held(string evidence) => new(Verdict.Held, evidence);
    internal static Blow Broken(string evidence, string fix) => new(Verdict.Broken, evidence, fix);
}
