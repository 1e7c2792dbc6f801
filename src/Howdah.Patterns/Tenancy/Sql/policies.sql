-- $1: schemas. Every policy on their tables, as the server writes it back
select n.nspname, c.relname, p.polname, p.polcmd::text, p.polpermissive,
       array(select case when r.oid = 0 then 'public' else pg_catalog.pg_get_userbyid(r.oid)::text end
             from pg_catalog.unnest(p.polroles) r(oid) order by 1),
       pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1)
order by 1, 2, 3
