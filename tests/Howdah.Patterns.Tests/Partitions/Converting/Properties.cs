namespace Howdah.Patterns.Tests.Partitions.Converting;

/// <summary>All that a table has, as the catalogs of any version tell it: one line each, so that a difference names itself.</summary>
static class Properties
{
    internal static async Task<string[]> ReadAsync(Ledger ledger) => (await ledger.ScalarAsync<string[]>(Query))!;

    const string Query = """
        with t as (select c.* from pg_class c where c.oid = 'app.events'::regclass),
        acls as (select 'acl ' || coalesce(x.grantee::regrole::text, '') || ' ' || x.privilege_type || ' ' || x.is_grantable line
          from t, aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) x)
        select array_agg(line order by line collate "C") from (
          select format('table %s rls %s force %s identity %s comment %s', t.relowner::regrole, t.relrowsecurity, t.relforcerowsecurity,
            t.relreplident, obj_description(t.oid, 'pg_class')) line from t
          union all select line from acls
          union all select format(
            'column %s %s %s null %s default %s identity %s generated %s storage %s target %s options %s comment %s acl %s',
            row_number() over (order by a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), a.attidentity,
            a.attgenerated, a.attstorage, coalesce(a.attstattarget, -1), (select array_agg(o order by o)
              from unnest(a.attoptions) o where o not like 'pg\_attver=%'), col_description(t.oid, a.attnum),
            (select string_agg(x.grantee || ' ' || x.privilege_type || x.is_grantable, ',' order by x.grantee, x.privilege_type)
             from aclexplode(a.attacl) x))
          from t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
          union all select format('constraint %s %s %s comment %s', k.conname, k.convalidated, pg_get_constraintdef(k.oid),
            obj_description(k.oid, 'pg_constraint'))
          from t join pg_constraint k on k.conrelid = t.oid and k.contype <> 'n'
          union all select format('index %s %s comment %s', x.relname, replace(pg_get_indexdef(x.oid), ' ON ONLY ', ' ON '),
            obj_description(x.oid, 'pg_class'))
          from t join pg_index i on i.indrelid = t.oid and i.indisvalid join pg_class x on x.oid = i.indexrelid
          union all select format('policy %s %s %s %s %s %s comment %s', p.polname, p.polcmd, p.polpermissive, p.polroles::text,
            pg_get_expr(p.polqual, t.oid), pg_get_expr(p.polwithcheck, t.oid), obj_description(p.oid, 'pg_policy'))
          from t join pg_policy p on p.polrelid = t.oid
          union all select format('trigger %s enabled %s comment %s', pg_get_triggerdef(g.oid), g.tgenabled,
            obj_description(g.oid, 'pg_trigger'))
          from t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal and g.tgname not like 'howdah\_convert%'
          union all select format('published %s %s', p.pubname, pg_get_expr(r.prqual, t.oid))
          from t join pg_publication_rel r on r.prrelid = t.oid join pg_publication p on p.oid = r.prpubid
          union all select format('view %s %s %s %s', v.relname, pg_get_viewdef(v.oid), v.reloptions, v.relacl)
          from pg_class v where v.relkind = 'v' and v.relnamespace = 'app'::regnamespace
          union all select format('sequence %s start %s step %s acl %s owner %s of %s', q.relname, s.seqstart, s.seqincrement, q.relacl,
            q.relowner::regrole, (select string_agg(concat(e.attname, e.attidentity, d.deptype), ',') from pg_depend d join pg_attribute e
              on e.attrelid = d.refobjid and e.attnum = d.refobjsubid where d.objid = q.oid and d.refobjid = 'app.events'::regclass))
          from pg_class q join pg_sequence s on s.seqrelid = q.oid where q.relnamespace = 'app'::regnamespace
          union all select format('statistics %s', pg_get_statisticsobjdef(s.oid)) from t join pg_statistic_ext s on s.stxrelid = t.oid
        ) s
        """;
}
