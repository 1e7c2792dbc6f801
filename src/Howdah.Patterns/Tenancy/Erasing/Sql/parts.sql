-- $1: schemas, $2: names of tables, pairwise. They and all that is made of them, partitions and children: schema, name, whether a part
with recursive made(oid, part) as (
  select c.oid, false
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = t.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name and c.relkind in ('r', 'p')
  union
  select i.inhrelid, true from made m join pg_catalog.pg_inherits i on i.inhparent = m.oid
)
select n.nspname::text, c.relname::text, pg_catalog.bool_or(m.part)
from made m
join pg_catalog.pg_class c on c.oid = m.oid and c.relkind in ('r', 'p')
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
group by 1, 2
order by 1, 2
