-- $1, $2: schemas and names of tables. Foreign keys from one of them to another: the table that refers, the table referred to
select cn.nspname, c.relname, fn.nspname, f.relname
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
join pg_catalog.pg_class f on f.oid = k.confrelid
join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
where k.contype = 'f' and c.oid <> f.oid
  and (cn.nspname, c.relname) in (select s, t from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) n(s, t))
  and (fn.nspname, f.relname) in (select s, t from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) n(s, t))
order by 1, 2, 3, 4
