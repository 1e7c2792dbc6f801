-- TEN-D08 high
-- title: No function claims to be leakproof
-- how: Lists functions of people, outside extensions, that are marked LEAKPROOF, take arguments, and that a login may call.
-- why: The planner lets a LEAKPROOF function see rows before the policies do. One that raises an error or a notice with its argument in it
--   shows them all.
-- source: https://www.postgresql.org/docs/current/sql-createfunction.html; reproduced on 15 and 18
select array_agg(f.oid::regprocedure::text order by f.oid::regprocedure::text) as targets,
       format('%s: marked LEAKPROOF', string_agg(f.oid::regprocedure::text, ', ' order by f.oid::regprocedure::text)) as evidence,
       string_agg(format('ALTER FUNCTION %s NOT LEAKPROOF;', f.oid::regprocedure), E'\n' order by f.oid::regprocedure::text) as fix
from pg_proc f join user_schema n on n.oid = f.pronamespace
where f.proleakproof and f.pronargs > 0 and (exists (select from tenant_table) or exists (select from pg_policy))
  and exists (select from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x
              where x.grantee = 0 and exists (select from attacker) or x.grantee in (select role from acts_as))
  and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
having count(*) > 0
