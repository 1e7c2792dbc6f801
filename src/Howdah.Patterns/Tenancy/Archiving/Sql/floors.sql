-- $1: schemas, $2: names of tables, pairwise, $3: a role. Tables whose floor shows that role nothing, whatever the context
select n.nspname::text, c.relname::text
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
join pg_catalog.pg_namespace n on n.nspname = t.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name
where c.relrowsecurity
  and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*'
                  and p.polroles && array[0::oid, pg_catalog.to_regrole(pg_catalog.quote_ident($3))::oid])
order by 1, 2
