-- $1: the partitioned table. Its partitions with their bytes, how many indexes each has
select n.nspname::text, c.relname::text, pg_catalog.pg_relation_size(c.oid),
       (select count(*) from pg_catalog.pg_index i where i.indrelid = c.oid)
from pg_catalog.pg_inherits i
join pg_catalog.pg_class c on c.oid = i.inhrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where i.inhparent = $1::pg_catalog.regclass
order by 3 desc, 2
