-- $1: schemas, $2: names of tables. Estimated rows and bytes of each of their partitions, whatever hangs under it
select n.nspname::text, c.relname::text, x.rows, x.bytes
from unnest($1::text[], $2::text[]) wanted (nspname, relname)
join pg_catalog.pg_namespace pn on pn.nspname = wanted.nspname
join pg_catalog.pg_class p on p.relnamespace = pn.oid and p.relname = wanted.relname and p.relkind = 'p'
cross join lateral pg_catalog.pg_partition_tree(p.oid) t
join pg_catalog.pg_class c on c.oid = t.relid and t.level > 0
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select sum(l.reltuples::float8) filter (where l.reltuples >= 0)::int8 as rows,
         coalesce(sum(pg_catalog.pg_total_relation_size(l.oid)), 0)::int8 as bytes
  from pg_catalog.pg_partition_tree(c.oid) u join pg_catalog.pg_class l on l.oid = u.relid and u.isleaf) x
order by 1, 2
