using System.Text.Json.Nodes;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>All that an apply answers for, seen without Howdah's inspection: after any drift it must bring back exactly
/// this.</summary>
static class Mended
{
    // Each row: what it is, what it is like, and whose it is where that is a role's.
    const string Server = """
        select 'role ' || rolname, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
               rolreplication, rolbypassrls, rolconnlimit, coalesce(rolvaliduntil, 'infinity')), rolname::text
        from pg_authid where oid >= 16384
        union all
        select 'member ' || m.roleid::regrole || ' ' || m.member::regrole || ' ' || m.grantor::regrole,
               (to_jsonb(m) - '{oid,roleid,member,grantor}'::text[])::text, r.rolname
        from pg_auth_members m join pg_roles r on r.oid = m.member where m.member >= 16384
        union all
        select 'setting ' || coalesce(d.datname, '') || ' ' || coalesce(r.rolname, ''),
               (select string_agg(x, ' ' order by x) from unnest(s.setconfig) x), r.rolname
        from pg_db_role_setting s left join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole
        union all
        select 'database ' || datname, concat_ws(' ', datdba::regrole, datconnlimit, datallowconn), null from pg_database where oid >= 16384
        """;

    const string Database = """
        with thing(name, owner, acl) as (
          select 'database', datdba, coalesce(datacl, acldefault('d', datdba)) from pg_database where datname = current_database()
          union all
          select 'schema ' || nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner)) from pg_namespace
          where nspname !~ '^pg_' and nspname not in ('information_schema', 'howdah')
          union all
          select 'relation ' || c.oid::regclass, c.relowner,
                 coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
          from pg_class c where c.relnamespace::regnamespace::text in ('app', '"S p""x"') and c.relkind in ('r', 'v', 'm', 'S')
          union all
          select 'column ' || c.oid::regclass || ' ' || a.attname, c.relowner, a.attacl
          from pg_class c join pg_attribute a on a.attrelid = c.oid where a.attacl is not null and c.oid >= 16384
          union all
          select 'function ' || p.oid::regprocedure, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
          from pg_proc p where p.oid >= 16384 and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
            and p.pronamespace <> 'howdah'::regnamespace
          union all
          select 'type ' || t.oid::regtype, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
          from pg_type t where t.oid >= 16384 and t.typtype in ('d', 'e', 'c', 'r')
            and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
            and (t.typrelid = 0 or (select relkind from pg_class where oid = t.typrelid) = 'c')
        )
        select name || ' given to ' || case x.grantee when 0 then 'public' else x.grantee::regrole::text end
               || ' by ' || x.grantor::regrole,
               string_agg(x.privilege_type || case when x.is_grantable then '*' else '' end, ' ' order by x.privilege_type), null
        from thing, aclexplode(acl) x where x.grantee <> owner group by name, x.grantee, x.grantor
        union all
        select name || ' owner', owner::regrole::text, null from thing where name !~ '^column '
        union all
        select concat_ws(' ', 'default', d.defaclrole::regrole, d.defaclnamespace::regnamespace, d.defaclobjtype,
               case x.grantee when 0 then 'public' else x.grantee::regrole::text end),
               string_agg(x.privilege_type || case when x.is_grantable then '*' else '' end, ' ' order by x.privilege_type),
               pg_get_userbyid(d.defaclrole)
        from pg_default_acl d, aclexplode(d.defaclacl) x where x.grantee <> d.defaclrole group by d.oid, d.defaclrole, d.defaclnamespace,
          d.defaclobjtype, x.grantee
        union all
        select concat_ws(' ', 'policy', polrelid::regclass, polname), concat_ws(' ', polcmd, polpermissive,
               array(select r::regrole::text from unnest(polroles) r order by 1), pg_get_expr(polqual, polrelid),
               pg_get_expr(polwithcheck, polrelid)), null
        from pg_policy
        union all
        select 'floor ' || oid::regclass, concat_ws(' ', relrowsecurity, relforcerowsecurity), null from pg_class
        where relkind = 'r' and oid >= 16384 and relnamespace <> 'howdah'::regnamespace
        union all
        select 'trigger ' || evtname, evtenabled::text, null from pg_event_trigger
        """;

    /// <summary>Reads it; what a drift made of its own (named drift) is left out, for it is a stranger's.</summary>
    /// <param name="server">The server.</param>
    /// <param name="file">The file: a table that is in no tenancy any more keeps what it has, and so does a role that is gone.</param>
    internal static async Task<SortedDictionary<string, string>> ReadAsync(TestServer server, JsonObject file)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var roles = file["roles"]!.AsObject().Select(static role => role.Key).ToHashSet();
        await AddAsync(server, "postgres", Server, roles, [], all);
        foreach (var (name, database) in file["databases"]!.AsObject())
        {
            await AddAsync(server, name, Database, roles,
                [.. (database!["tenancy"]?["tables"]?.AsArray() ?? []).Select(static table => (string)table!)], all);
        }
        return all;
    }

    internal static IEnumerable<string> Differences(SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
        before.Keys.Union(after.Keys).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .Select(key => $"{key}: {before.GetValueOrDefault(key) ?? "-"} → {after.GetValueOrDefault(key) ?? "-"}");

    static async Task AddAsync(TestServer server, string database, string query, HashSet<string> roles,
        IReadOnlyList<string> tenants, SortedDictionary<string, string> all)
    {
        await using var connection = await server.OpenAsync(database);
        await using var command = new NpgsqlCommand("set search_path = ''; " + query, connection);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            var what = rows.GetString(0);
            var kind = what.Split(' ')[0];
            if (!rows.IsDBNull(2) && !roles.Contains(rows.GetString(2)))
                continue;
            if (kind is "policy" or "floor" ? tenants.Any(table => what.Contains($" {table}", StringComparison.Ordinal))
                : kind == "trigger" ? tenants.Count > 0 : !what.Contains("drift", StringComparison.Ordinal))
                all.Add($"{database}: {what}", rows.IsDBNull(1) ? "" : rows.GetString(1));
        }
    }
}
