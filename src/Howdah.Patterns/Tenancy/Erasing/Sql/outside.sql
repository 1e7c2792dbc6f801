-- $1: schemas, $2: names of tables, pairwise. Other tables that refer to them: the table, the key, the table referred to
with recursive asked(oid) as (
  select c.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = t.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name
  union
  select i.inhrelid from asked a join pg_catalog.pg_inherits i on i.inhparent = a.oid
)
select n.nspname || '.' || c.relname, k.conname::text, f.relname::text
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class f on f.oid = k.confrelid
where k.contype = 'f' and k.confrelid in (select oid from asked) and k.conrelid not in (select oid from asked)
order by 1, 2
