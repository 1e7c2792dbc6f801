-- TEN-F03 critical
-- title: No function that policies call claims to be IMMUTABLE while it is not
-- how: Follows the functions that policies and their operators call, by name, into their bodies; counts an IMMUTABLE one as a break when
--   it, or one that it calls, reads a table, a setting, the current role or the time.
-- why: PostgreSQL computes an IMMUTABLE function once, when it plans. A prepared statement planned for one tenant keeps that tenant's
--   answer when another tenant executes it on the same connection, as poolers let happen.
-- source: https://www.postgresql.org/docs/current/xfunc-volatility.html
, direct(fn, rel) as (
  select distinct coalesce(o.oprcode::oid, d.refobjid), p.polrelid
  from pg_policy p
  join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
    and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
  left join pg_operator o on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
), reach(fn) as (
  select fn from direct
  union
  select g.oid
  from reach r join pg_proc f on f.oid = r.fn
  cross join regexp_matches(coalesce(pg_get_function_sqlbody(f.oid), f.prosrc), '(\w+)"?\s*\(', 'g') m
  join pg_proc g on g.proname = m[1] and g.pronamespace <> 'pg_catalog'::regnamespace
), source as materialized (
  select f.oid, f.provolatile, regexp_replace(coalesce(pg_get_function_sqlbody(f.oid), f.prosrc), '--[^\n]*|/\*.*?\*/', ' ', 'g') as text
  from pg_proc f join pg_language l on l.oid = f.prolang
  where f.oid in (select fn from reach) and l.lanname not in ('c', 'internal')
), called as (
  select s.oid, m[1] as name from source s cross join regexp_matches(s.text, '(\w+)"?\s*\(', 'g') m
), stateful(fn) as (
  select oid from source where text ~* '\m(current_user|session_user|current_role|current_date|current_timestamp)\M'
  union
  select c.oid from called c
  where (select bool_and(b.provolatile <> 'i') from pg_proc b where b.proname = c.name and b.pronamespace = 'pg_catalog'::regnamespace)
  union
  select s.oid
  from source s cross join regexp_matches(s.text, '\m(?:from|join)\s+(?:[\w"]+\.)?"?(\w+)', 'gi') m
  join pg_class c on c.relname = m[1] and c.relkind in ('r', 'p', 'v', 'm', 'f')
  union
  select c.oid from called c join pg_proc g on g.proname = c.name join stateful s on s.fn = g.oid
)
select array[s.oid::regprocedure::text] as targets,
       format('%s is IMMUTABLE and depends on more than its arguments; policies rely on it', s.oid::regprocedure) as evidence,
       format('ALTER FUNCTION %s STABLE;', s.oid::regprocedure) as fix
from source s
where s.provolatile = 'i' and s.oid in (select fn from stateful)
order by 1
