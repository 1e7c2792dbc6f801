-- $1: schemas, $2: names of the declared tables. How each is partitioned, its columns, the indexes that some partition
-- lacks, and how many it has
select n.nspname::text, c.relname::text, c.relkind = 'p',
       case p.partstrat when 'r' then 'range' when 'l' then 'list' when 'h' then 'hash' else '' end,
       case when p.partnatts = 1 then k.attname::text end,
       coalesce(pg_catalog.format_type(k.atttypid, null), ''),
       array(select a.attname::text from pg_catalog.pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum),
       array(select i.indexrelid::regclass::text from pg_catalog.pg_index i
             where i.indrelid = c.oid and not i.indisvalid order by 1),
       (select pg_catalog.format('%s of %s', r.conname, r.conrelid::regclass) from pg_catalog.pg_constraint r
        where r.confrelid = c.oid and r.contype = 'f' and r.conparentid = 0 order by 1 limit 1),
       (select pg_catalog.count(*) from pg_catalog.pg_index i where i.indrelid = c.oid)::int4
from unnest($1::text[], $2::text[]) wanted (nspname, relname)
join pg_catalog.pg_namespace n on n.nspname = wanted.nspname
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.relname and c.relkind in ('r', 'p', 'f', 'v', 'm')
left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
left join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = p.partattrs[0] and k.attnum > 0
order by 1, 2
