-- $1: schemas; $2: tenant column. Tables of the schemas, with row-level security and the tenant column
select n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_catalog.format_type(a.atttypid, null), coalesce(a.attnotnull, false)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = $2 and not a.attisdropped and a.attnum > 0
where c.relkind in ('r', 'p') and n.nspname = any($1)
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by 1, 2
