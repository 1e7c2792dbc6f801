-- no parameters; what the role that applies may do to roles (one row).
select r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls,
       pg_catalog.has_column_privilege('pg_catalog.pg_authid'::pg_catalog.regclass, 'rolpassword', 'SELECT')
from pg_catalog.pg_roles r
where r.rolname = current_user
order by r.rolname
