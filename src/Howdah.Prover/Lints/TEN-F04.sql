-- TEN-F04 high
-- title: No function that policies call can be led to tables of an attacker
-- how: Looks at functions that policies call and whose bodies are text. A SECURITY DEFINER one breaks when its search_path is not pinned,
--   holds a schema where an attacker may create, or leaves pg_temp unsaid where an attacker may make temporary tables. One with
--   the caller's rights breaks when it is not pinned, names a table without its schema and an attacker may create tables anywhere.
-- live: As a role that may make tables, in pg_temp or in a schema of others: makes those that the function names without a schema, filled
--   with B and the role itself, and reads a row of B as A, as nobody and as B; a row that does not show without them is a break.
-- why: Names in the body are looked up when it runs. A table of the same name in pg_temp, or earlier in the caller's search_path, answers
--   in place of the real one, so that the attacker decides what the policy lets through.
-- source: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY; CVE-2007-2138
, actor(role) as (
  select distinct x.role from acts_as x join pg_roles r on r.oid = x.role where not r.rolsuper
), creatable(name) as (
  select s.name from user_schema s where exists (select from actor u where has_schema_privilege(u.role, s.oid, 'CREATE'))
), may as (
  select exists (select from actor where has_database_privilege(role, current_database(), 'TEMPORARY')) as temporary,
         exists (select from creatable) or exists (select from actor where has_database_privilege(role, current_database(), 'CREATE'))
           as permanent
), helper as materialized (
  select f.oid, f.prosecdef, n.nspname,
         (select substr(c.entry, 13) from unnest(f.proconfig) c(entry) where c.entry like 'search_path=%') as path,
         regexp_replace(f.prosrc, '--[^\n]*|/\*.*?\*/|''(?:[^'']|'''')*''', ' ', 'g') as text
  from pg_proc f join pg_namespace n on n.oid = f.pronamespace join pg_language l on l.oid = f.prolang
  where f.oid in (select refobjid from pg_depend where classid = 'pg_policy'::regclass and refclassid = 'pg_proc'::regclass)
    and l.lanname not in ('c', 'internal') and f.prosqlbody is null
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
), named as (
  select distinct h.oid, n.nspname
  from helper h cross join regexp_matches(h.text, '\m(?:from|join|into|update)\s+(?:only\s+)?"?(\w+)"?(?![\w".])', 'gi') m
  join pg_class c on c.relname = m[1] and c.relkind in ('r', 'p', 'v', 'm', 'f') join pg_namespace n on n.oid = c.relnamespace
  where h.text !~* ('\m' || m[1] || '"?\s+as\s+(not\s+)?(materialized\s+)?\(')
), path as (
  select h.oid, p.ord, case when trim(p.item, '"') = '$user' then h.nspname else replace(trim(p.item, '"'), '""', '"') end as item
  from helper h cross join regexp_split_to_table(h.path, '\s*,\s*') with ordinality p(item, ord)
), judged as (
  select h.*,
         case when h.path is null and h.prosecdef then 'runs with its owner''s rights and the caller''s search_path'
              when h.path is null and exists (select from named n where n.oid = h.oid) and (may.temporary or may.permanent)
                then 'names tables without their schema and runs with the caller''s search_path'
              when h.prosecdef and exists (select from path p join creatable c on c.name = p.item where p.oid = h.oid)
                then 'is pinned to a search_path with a schema where an attacker may create'
              when h.prosecdef and may.temporary
                and (select p.item from path p where p.oid = h.oid order by p.ord desc limit 1) <> 'pg_temp'
                then 'is pinned to a search_path that does not end in pg_temp'
         end as fault
  from helper h cross join may
), better as (
  select oid, item, min(ord) as ord from (
    select j.oid, 'pg_catalog'::text as item, 0::bigint as ord from judged j
    union all select p.oid, p.item, p.ord from path p
    union all select j.oid, j.nspname, 1 from judged j where j.path is null
    union all select n.oid, n.nspname, 2 from named n join judged j on j.oid = n.oid where j.path is null) every
  where item not in ('', 'pg_temp') and item not in (select name from creatable) and item !~ '^pg_(toast|temp)'
  group by oid, item
)
select array[oid::regprocedure::text] as targets, format('%s, which policies call, %s', oid::regprocedure, fault) as evidence,
       format('ALTER FUNCTION %s SET search_path = %s, pg_temp;', oid::regprocedure,
              (select string_agg(quote_ident(b.item), ', ' order by b.ord, b.item) from better b where b.oid = judged.oid)) as fix
from judged
where fault is not null
order by 1
