-- No parameters. Schemas people made with the names of their tables.
select n.oid, n.nspname::text, coalesce(pg_catalog.array_agg(c.relname::text order by c.relname) filter (where c.oid is not null), '{}')
from pg_catalog.pg_namespace n
left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p') and not c.relispartition
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
group by n.oid, n.nspname
order by n.nspname collate "C"
