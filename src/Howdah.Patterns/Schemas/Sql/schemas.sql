-- $1: names. Owners of the schemas there are
select n.nspname, pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n where n.nspname = any($1) order by 1
