-- $1 oid[] tables and views. Their columns.
select a.attrelid, a.attnum, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory, a.attnotnull,
       a.attgenerated <> '', a.attidentity = 'a',
       exists (select from pg_catalog.pg_index x where x.indrelid = a.attrelid and x.indisunique and a.attnum = any (x.indkey)),
         a.atthasdef,
       c.relkind, c.relowner, n.nspname::text, c.relname::text
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where a.attrelid = any ($1) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum
