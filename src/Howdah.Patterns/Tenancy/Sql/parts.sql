-- $1: the database's owner. Tenancy's own parts that are there: name, all that defines them, who else may use them
select part, definition, grantees
from (
  select 'function ' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' as part,
         pg_catalog.concat_ws(' ', l.lanname, case when p.prosecdef then 'definer' else 'invoker' end, p.proconfig::text, p.prosrc) as definition,
         array(select case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end
               from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) x
               where x.grantee <> p.proowner order by 1) as grantees
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where n.nspname = 'howdah'
  union all
  select 'table tenants', '', array(select distinct case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end
                                   from pg_catalog.aclexplode(c.relacl) x where x.grantee <> c.relowner order by 1)
  from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass('howdah.tenants')
  union all
  select 'guard', pg_catalog.concat_ws(' ', e.evtevent, e.evtenabled::text, e.evttags::text, e.evtfoid::pg_catalog.regproc::text), array[]::text[]
  from pg_catalog.pg_event_trigger e where e.evtname = 'howdah_guard'
  union all
  select 'usage', '', array[$1] where exists (select from pg_catalog.pg_roles where rolname = $1) and exists (
    select from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) x
    where n.nspname = 'howdah' and x.grantee = (select oid from pg_catalog.pg_roles where rolname = $1) and x.privilege_type = 'USAGE')
) s
order by part
