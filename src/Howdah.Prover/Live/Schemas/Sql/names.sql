-- $1 oid[] tenants' schemas. Each with the names of its tables and views; last, under 0, the names that most of them have.
select n.oid, n.nspname::text,
       coalesce(pg_catalog.array_agg(c.relname::text order by c.relname) filter (where c.oid is not null), '{}')
from pg_catalog.pg_namespace n
left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
where n.oid = any ($1)
group by n.oid, n.nspname
union all
select 0, '', coalesce(pg_catalog.array_agg(u.name order by u.name), '{}')
from (select c.relname::text as name from pg_catalog.pg_class c
      where c.relnamespace = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
      group by c.relname having count(*) * 2 > pg_catalog.cardinality($1)) u
order by 1 desc
