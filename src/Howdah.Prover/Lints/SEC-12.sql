-- SEC-12 medium
-- title: No function that lends its owner's rights is open to everybody
-- how: Looks for SECURITY DEFINER functions, outside extensions and no triggers, that PUBLIC may execute and whose schema a login may use.
--   What such a function does wrong inside is TEN-C03's and TEN-F04's.
-- why: Every new function may be executed by everybody unless that is revoked. Logins made next year get the owner's rights in it too,
--   unseen in any list of grants.
-- source: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
, open as (
  select f.oid, f.pronamespace
  from pg_proc f cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x
  where f.prosecdef and x.grantee = 0 and f.pronamespace in (select oid from user_schema)
    and f.prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
    -- One that reads tenants' tables as somebody whom no policy binds is TEN-C03's.
    and not (exists (select from pg_roles o where o.oid = f.proowner and (o.rolsuper or o.rolbypassrls))
             and f.prosrc !~* '\m(current_setting|current_user|session_user)\M'
             and exists (select from tenant_table t join pg_class k on k.oid = t.oid
                         where t.rls and (strpos(lower(f.prosrc), lower(k.relname)) > 0
                                          or exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = f.oid
                                                     and d.refobjid = t.oid))))
    and exists (select from acts_as b join pg_roles r on r.oid = b.role
                where not r.rolsuper and has_schema_privilege(b.role, f.pronamespace, 'USAGE'))
)
select array_agg(o.oid::regprocedure::text order by o.oid::regprocedure::text) as targets,
       format('everybody may execute %s with its owner''s rights',
              string_agg(o.oid::regprocedure::text, ', ' order by o.oid::regprocedure::text))
         as evidence,
       string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', o.oid::regprocedure)
           || coalesce((select format(' GRANT EXECUTE ON FUNCTION %s TO %s;', o.oid::regprocedure,
                                      string_agg(distinct quote_ident(pg_get_userbyid(x.grantee)), ', '))
                        from pg_namespace n cross join aclexplode(n.nspacl) x
                        where n.oid = o.pronamespace and x.privilege_type = 'USAGE' and x.grantee not in (0, n.nspowner)
                        having count(*) > 0), ''), E'\n' order by o.oid::regprocedure::text) as fix
from open o
having count(*) > 0
