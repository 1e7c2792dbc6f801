-- $1 oid[] tables, $2 oid[] attackers. Foreign tables that a role may read: table, role, server, wrapper, whether that has a handler, and
-- where its server is said to be.
select c.oid, a.oid, s.srvname::text, w.fdwname::text, w.fdwhandler <> 0,
       coalesce((select pg_catalog.array_agg(pg_catalog.split_part(o.entry, '=', 2) order by o.entry)
                 from pg_catalog.unnest(s.srvoptions) o(entry) where o.entry ~ '^(host|hostaddr)='), '{}'),
       exists (select from pg_catalog.unnest(s.srvoptions) o(entry) where o.entry ~ '^service=')
from pg_catalog.pg_class c
join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
join pg_catalog.pg_roles a on a.oid = any ($2) and pg_catalog.has_table_privilege(a.oid, c.oid, 'SELECT')
  and pg_catalog.has_schema_privilege(a.oid, c.relnamespace, 'USAGE')
where c.oid = any ($1)
order by s.srvname::text collate "C", c.oid, a.rolname::text collate "C"
