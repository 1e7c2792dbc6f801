using System.Text;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Estate.Tests;

/// <summary>
/// Everything that the estate made, as text: an independent witness that does not use Howdah's own inspection. pg_dump says more, but its
/// version must
/// match the server's, and only Debian's 15 is at hand; there both are used.
/// </summary>
static class CatalogDump
{
    const string Query =
        """
        select 'role ' || rolname || ' ' || concat_ws(',', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
             rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil)
          from pg_roles where rolname !~ '^pg_' and rolname <> 'howdah_admin'
        union all
        select 'member ' || roleid::regrole || ' of ' || member::regrole || ' ' || admin_option from pg_auth_members
          where roleid::regrole::text !~ '^pg_'
        union all
        select 'setting ' || coalesce(d.datname, '-') || ' ' || coalesce(r.rolname, '-') || ' ' || s.setconfig::text from
             pg_db_role_setting s
          left join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole
        union all
        select 'database ' || datname || ' ' || datdba::regrole || ' ' || coalesce(x.grantee::regrole::text, '') || ' ' ||
             x.privilege_type || ' ' || x.is_grantable
          from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) x where datname = 'store'
        union all
        select 'schema ' || nspname || ' ' || nspowner::regrole || ' ' || coalesce(x.grantee::regrole::text, '') || ' ' ||
             x.privilege_type
          from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) x where nspname !~ '^pg_' and nspname <>
             'information_schema'
        union all
        select 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || c.relowner::regrole || ' ' || c.relrowsecurity || ' ' ||
             c.relforcerowsecurity
          from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('store', 'howdah', 'public')
        union all
        select 'acl ' || c.oid::regclass || ' ' || coalesce(x.grantee::regrole::text, '') || ' ' || x.privilege_type || ' ' ||
             x.is_grantable || ' by ' || x.grantor::regrole
          from pg_class c join pg_namespace n on n.oid = c.relnamespace,
               aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) x
          where n.nspname in ('store', 'howdah', 'public') and c.relkind in ('r', 'p', 'v', 'S')
        union all
        select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' ||
             a.attnotnull || ' '
               || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(a.attacl::text, '')
          from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
          where n.nspname in ('store', 'howdah') and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        union all
        select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(k.oid) || ' ' || convalidated
          from pg_constraint k join pg_namespace n on n.oid = k.connamespace where n.nspname in ('store', 'howdah') and contype <> 'n'
        union all
        select 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid
          join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('store', 'howdah')
        union all
        select 'policy ' || polrelid::regclass || ' ' || polname || ' ' || polcmd::text || ' ' || polpermissive || ' '
               || array(select case r when 0 then 'public' else r::regrole::text end from unnest(polroles) r order by 1)::text || ' '
               || coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
          from pg_policy
        union all
        select 'function ' || pg_get_functiondef(p.oid) || ' ' || coalesce(p.proacl::text, '') from pg_proc p join pg_namespace n on
             n.oid = p.pronamespace
          where n.nspname in ('store', 'howdah', 'public')
        union all
        select 'event trigger ' || evtname || ' ' || evtevent || ' ' || evtenabled::text || ' ' || evtfoid::regproc || ' ' || evttags::text
             from pg_event_trigger
        union all
        select 'default ' || defaclrole::regrole || ' ' || coalesce(nspname, '-') || ' ' || defaclobjtype::text || ' ' ||
             coalesce(x.grantee::regrole::text, '') || ' ' || x.privilege_type
          from pg_default_acl left join pg_namespace n on n.oid = defaclnamespace, aclexplode(defaclacl) x
        union all
        select 'extension ' || extname || ' ' || extversion || ' ' || n.nspname from pg_extension e join pg_namespace n on n.oid =
             e.extnamespace
        order by 1
        """;

    internal static async Task<string> OfAsync(TestServer server, string database)
    {
        await using var connection = await server.OpenAsync(database);
        await using var command = new NpgsqlCommand(Query, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var text = new StringBuilder();
        while (await rows.ReadAsync())
            text.Append(rows.GetString(0)).Append('\n');
        return text.ToString();
    }
}
