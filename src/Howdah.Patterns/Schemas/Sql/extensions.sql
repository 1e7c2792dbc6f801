-- $1: names. Extensions in the database, with the versions they can be updated to
select e.extname, e.extversion, n.nspname, e.extrelocatable,
       array(select p.target from pg_catalog.pg_extension_update_paths(e.extname) p where p.source = e.extversion and p.path is not null order by 1)
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname = any($1)
order by 1
