-- TEN-D11 high
-- title: Triggers on tenants' tables run code that attackers cannot change
-- how: Looks at the functions of triggers on tables with a tenant column: SECURITY DEFINER ones whose names can be led elsewhere, and ones
--   that belong to a role which a login can become, while the table does not. Functions of the login itself: SEC-40.
-- why: A trigger's function runs with every write. What an attacker can put into it runs as the owner of the function, or as whoever
--   writes next.
-- source: https://www.postgresql.org/docs/current/sql-createtrigger.html; pgrls SEC013
, fired as (
  select distinct g.tgfoid as fn, t.name, t.owner
  from pg_trigger g join tenant_table t on t.oid = g.tgrelid
  where not g.tgisinternal and g.tgenabled <> 'D'
), judged as (
  select f.fn, f.name, l.fault, format('ALTER FUNCTION %s SET search_path = %s;', f.fn::regprocedure, l.path) as fix
  from fired f join led l on l.fn = f.fn
  union all
  select f.fn, f.name, format('it belongs to %I', pg_get_userbyid(p.proowner)),
         format('ALTER FUNCTION %s OWNER TO %I;', f.fn::regprocedure, pg_get_userbyid(f.owner))
  from fired f join pg_proc p on p.oid = f.fn
  where p.proowner <> f.owner and p.proowner in (select role from acts_as) and p.proowner not in (select oid from attacker)
)
select array[j.fn::regprocedure::text] as targets,
       format('%s is fired by %s: %s', j.fn::regprocedure, string_agg(distinct j.name, ', '), string_agg(distinct j.fault, ', '))
         as evidence,
       string_agg(distinct j.fix, E'\n') as fix
from judged j
group by j.fn
order by 1
