-- $1: schemas, $2: names of tables. By what each is partitioned, and the partitions that hold its rows, at any depth
select n.nspname::text, c.relname::text, case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end, ln.nspname::text,
       l.relname::text
from unnest($1::text[], $2::text[]) wanted (nspname, relname)
join pg_catalog.pg_namespace n on n.nspname = wanted.nspname
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.relname and c.relkind in ('r', 'p', 'f', 'v', 'm')
left join lateral pg_catalog.pg_partition_tree(c.oid) t on c.relkind = 'p' and t.isleaf and t.level > 0
left join pg_catalog.pg_class l on l.oid = t.relid
left join pg_catalog.pg_namespace ln on ln.oid = l.relnamespace
order by 1, 2, 4, 5
