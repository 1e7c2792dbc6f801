-- $1: schemas, $2: names of tables, pairwise. Columns that must be given a value: table, column
select t.n::int, a.attname::text
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality t(schema, name, n)
join pg_catalog.pg_namespace s on s.nspname = t.schema
join pg_catalog.pg_class c on c.relnamespace = s.oid and c.relname = t.name
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''
order by 1, 2
