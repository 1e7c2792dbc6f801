-- No parameters. Roles that can log in and are no superusers, and whether each may connect here.
select r.oid, r.rolname::text, r.rolbypassrls
from pg_catalog.pg_roles r
where r.rolcanlogin and not r.rolsuper and r.rolname <> current_user
  and pg_catalog.has_database_privilege(r.oid, current_database(), 'CONNECT')
order by r.rolname::text collate "C"
