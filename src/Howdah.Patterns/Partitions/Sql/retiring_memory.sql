-- no parameters. Whether there is a memory of retired partitions
select true from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'howdah' and c.relname = 'retired_partitions'
order by 1
