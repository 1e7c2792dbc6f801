-- $1 text[] words. Texts of functions that people made and whose names are among the words.
select p.proname::text, coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.proname = any ($1::text[]) and n.nspname not in ('pg_catalog', 'information_schema')
order by p.proname collate "C", p.oid
