-- $1: schemas, $2: names of tables, pairwise. Their columns: table, name, type, whether generated, identity always, a type of the server's own, place in the primary key
select t.n::int, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', a.attidentity = 'a',
       a.atttypid < 16384, coalesce(k.place::int, 0)
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality t(schema, name, n)
join pg_catalog.pg_namespace s on s.nspname = t.schema
join pg_catalog.pg_class c on c.relnamespace = s.oid and c.relname = t.name and c.relkind in ('r', 'p')
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
left join lateral (select u.place from pg_catalog.unnest(i.indkey::int2[]) with ordinality u(attnum, place) where u.attnum = a.attnum) k on true
order by t.n, a.attnum
