-- $1: schemas, $2: names of tables, pairwise. Their foreign keys: key, table, table referred to, columns of both
select k.conname::text, n.nspname::text, c.relname::text, fn.nspname::text, f.relname::text,
       (select pg_catalog.array_agg(a.attname::text order by u.n)
        from pg_catalog.unnest(k.conkey) with ordinality u(num, n) join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
       (select pg_catalog.array_agg(a.attname::text order by u.n)
        from pg_catalog.unnest(k.confkey) with ordinality u(num, n) join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num)
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
join pg_catalog.pg_namespace n on n.nspname = t.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name
join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0
join pg_catalog.pg_class f on f.oid = k.confrelid
join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
order by 2, 3, 1
