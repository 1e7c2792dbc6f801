-- $1: schemas; $2: tenant column; $3, $4: schemas and names of tenant tables. Tables of the schemas and all made from tenant tables (partitions,
-- children), with row-level security and the tenant column, a domain stands as the type under it, and whether partitioned by it
with recursive made(oid) as (
  select i.inhrelid from rows from (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[])) t(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = t.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name
  join pg_catalog.pg_inherits i on i.inhparent = c.oid
  union
  select i.inhrelid from made m join pg_catalog.pg_inherits i on i.inhparent = m.oid
), seen as materialized (
  -- which they are comes first: there may be a thousand schemas of tenants with the same tables
  select c.oid, n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity
  from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
  where n.nspname = any($1) and c.relkind in ('r', 'p')
  union
  select c.oid, n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity
  from made m join pg_catalog.pg_class c on c.oid = m.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p')
)
select c.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_catalog.format_type(b.oid, null), coalesce(a.attnotnull, false),
       c.oid in (select oid from made), coalesce(b.oid <> a.atttypid, false),
       exists (select from pg_catalog.pg_partitioned_table p where p.partrelid = c.oid and p.partstrat = 'l' and p.partnatts = 1
         and p.partattrs[0] = a.attnum)
from seen c
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = $2 and not a.attisdropped and a.attnum > 0
left join lateral (
  with recursive under(oid, base) as (
    select y.oid, y.typbasetype from pg_catalog.pg_type y where y.oid = a.atttypid
    union all
    select y.oid, y.typbasetype from under u join pg_catalog.pg_type y on y.oid = u.base
  )
  select oid from under where base = 0
) b on true
where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by 1, 2
