-- $1: the warehouse's schema. The partitions of its tables, and what indexes and foreign keys each has: table, partition, kind, name,
-- whether it is valid, and of which index of the table it is a part
with leaf as (
  select p.relname::text as parent, n.nspname::text as schema, l.relname::text as leaf, l.oid
  from pg_catalog.pg_class p
  cross join lateral pg_catalog.pg_partition_tree(p.oid) t
  join pg_catalog.pg_class l on l.oid = t.relid join pg_catalog.pg_namespace n on n.oid = l.relnamespace
  where p.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and p.relkind = 'p' and not p.relispartition
    and t.isleaf and t.level > 0
)
select parent, schema, leaf, kind, name, valid, part_of
from (
  select l.parent, l.schema, l.leaf, 'leaf' as kind, '' as name, true as valid, '' as part_of from leaf l
  union all
  select l.parent, l.schema, l.leaf, 'index', x.relname::text, i.indisvalid, coalesce(o.relname::text, '')
  from leaf l join pg_catalog.pg_index i on i.indrelid = l.oid join pg_catalog.pg_class x on x.oid = i.indexrelid
  left join pg_catalog.pg_inherits h on h.inhrelid = x.oid left join pg_catalog.pg_class o on o.oid = h.inhparent
  union all
  select l.parent, l.schema, l.leaf, 'constraint', k.conname::text, k.convalidated, ''
  from leaf l join pg_catalog.pg_constraint k on k.conrelid = l.oid and k.contype = 'f'
) s
order by parent collate "C", schema collate "C", leaf collate "C", kind collate "C", name collate "C"
