-- $1: the database's owner; $2: the role that tenants' roles are members of. Tenancy's own parts that are there: name, all that defines them, who else may use them
select part, definition, grantees
from (
  select 'function ' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' as part,
         pg_catalog.concat_ws(' ', l.lanname, case when p.prosecdef then 'definer' else 'invoker' end,
           case p.provolatile when 's' then 'stable' when 'i' then 'immutable' end,
           case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end,
           case when pg_catalog.pg_get_userbyid(p.proowner) = $1 and $1 <> current_user then 'owned' end,
           p.proconfig::text, p.prosrc) as definition,
         array(select case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end
               from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) x
               where x.grantee <> p.proowner order by 1) as grantees
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where n.nspname = 'howdah'
  union all
  select 'table ' || c.relname,
         (select pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' order by a.attname)
          from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
         || coalesce((select pg_catalog.string_agg('; ' || k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid), '' order by k.conname)
          from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'c'), ''),
         array(select distinct case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end
               || case when x.privilege_type = 'SELECT' then '' else ' ' || x.privilege_type end
               from pg_catalog.aclexplode(c.relacl) x where x.grantee <> c.relowner order by 1)
  from pg_catalog.pg_class c
  where c.relnamespace = pg_catalog.to_regnamespace('howdah') and c.relkind = 'r'
    and c.relname in ('tenants', 'tenant_work', 'tenant_events', 'tenant_versions', 'tenant_spares', 'signing')
  union all
  select 'guard', pg_catalog.concat_ws(' ', e.evtevent, e.evtenabled::text, e.evttags::text, e.evtfoid::pg_catalog.regproc::text), array[]::text[]
  from pg_catalog.pg_event_trigger e where e.evtname = 'howdah_guard'
  union all
  select 'usage', '', array(select pg_catalog.pg_get_userbyid(x.grantee)::text
    from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) x
    where n.nspname = 'howdah' and x.privilege_type = 'USAGE' and x.grantee <> 0 and x.grantee <> n.nspowner order by 1)
  union all
  select 'group', '', array[]::text[] where pg_catalog.to_regrole(pg_catalog.quote_ident($2)) is not null
) s
order by part
