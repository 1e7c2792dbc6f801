-- $1 oid[] attackers. Who may make tables: role, whether temporary ones, and the first schemas in which it may make others.
select a.oid, pg_catalog.has_database_privilege(a.oid, pg_catalog.current_database(), 'TEMPORARY'),
       coalesce((select pg_catalog.array_agg(s.nspname::text order by s.nspname::text collate "C") from (
                   select n.nspname from pg_catalog.pg_namespace n
                   where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                     and pg_catalog.has_schema_privilege(a.oid, n.oid, 'CREATE') order by n.nspname limit 3) s), '{}')
from pg_catalog.pg_roles a
where a.oid = any ($1)
order by a.rolname::text collate "C"
