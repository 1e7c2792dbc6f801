-- $1: schemas. Their sizes in pages, smallest first
select n.nspname, coalesce(pg_catalog.sum(c.relpages), 0)::bigint
from pg_catalog.pg_namespace n left join pg_catalog.pg_class c on c.relnamespace = n.oid
where n.nspname = any ($1)
group by 1
order by 2, 1
