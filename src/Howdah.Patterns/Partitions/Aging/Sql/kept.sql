-- $1: schemas, $2: names of tables. How each of their partitions that hold rows is kept: tablespace, storage parameters, the
-- compression of its columns and the tablespaces of its indexes, each as name, value, name, value
select ln.nspname::text, l.relname::text, coalesce(s.spcname::text, own.name), coalesce(l.reloptions, '{}'),
       array(select x.part from pg_catalog.pg_attribute a
             cross join lateral (values (1, a.attname::text),
               (2, case a.attcompression when 'l' then 'lz4' when 'p' then 'pglz' else '' end)) x (place, part)
             where a.attrelid = l.oid and a.attnum > 0 and not a.attisdropped and a.attlen = -1 and a.attstorage in ('x', 'm')
             order by a.attnum, x.place),
       array(select x.part from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
             left join pg_catalog.pg_tablespace si on si.oid = c.reltablespace
             cross join lateral (values (1, c.relname::text), (2, coalesce(si.spcname::text, own.name))) x (place, part)
             where i.indrelid = l.oid order by c.relname, x.place)
from unnest($1::text[], $2::text[]) wanted (nspname, relname)
join pg_catalog.pg_namespace n on n.nspname = wanted.nspname
join pg_catalog.pg_class p on p.relnamespace = n.oid and p.relname = wanted.relname and p.relkind = 'p'
cross join lateral pg_catalog.pg_partition_tree(p.oid) t
join pg_catalog.pg_class l on l.oid = t.relid and t.isleaf and l.relkind = 'r'
join pg_catalog.pg_namespace ln on ln.oid = l.relnamespace
left join pg_catalog.pg_tablespace s on s.oid = l.reltablespace
cross join (select t.spcname::text as name from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace
            where d.datname = pg_catalog.current_database()) own
order by 1, 2
