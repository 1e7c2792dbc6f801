-- TEN-F06 low
-- title: Tenants are compared by a type that the planner trusts
-- how: Looks up the equality operator of the tenant column's type on tables with row-level security; a break is one that is not LEAKPROOF,
--   as for numeric, jsonb, arrays and citext.
-- why: Under row-level security only leakproof conditions may use an index or prune partitions ahead of the policy, so that WHERE
--   tenant_id = … reads everybody's rows to give you yours, and its time tells how many others have.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; https://www.postgresql.org/docs/current/sql-createfunction.html
, typed as (
  select t.name, t.attname, t.atttypid, case when y.typtype = 'd' then y.typbasetype else y.oid end as base
  from tenant_table t join pg_type y on y.oid = t.atttypid
  where t.rls
), judged as (
  select t.*, coalesce(
    -- Types without an equality of their own are compared as another one: varchar as text, enums and arrays as any.
    (select f.proleakproof from pg_operator o join pg_proc f on f.oid = o.oprcode
     where o.oprname = '=' and o.oprleft = t.base and o.oprright = t.base order by f.proleakproof limit 1),
    (select case when y.typtype = 'e' then e.proleakproof when y.typcategory = 'A' then a.proleakproof
                 else y.typcategory = 'S' end
     from pg_type y, pg_proc e, pg_proc a
     where y.oid = t.base and e.oid = 'pg_catalog.enum_eq'::regproc and a.oid = 'pg_catalog.array_eq'::regproc), true) as leakproof
  from typed t
)
select array_agg(name order by name) as targets,
       format('%s is %s, whose equality is not leakproof', string_agg(distinct quote_ident(attname), ', '),
              format_type(atttypid, null)) as evidence,
       '-- Make it a uuid, bigint, integer or text: drop the policies and keys that use the column, ALTER COLUMN … TYPE, make them again.'
         as fix
from judged
where not leakproof
group by atttypid
order by 1
