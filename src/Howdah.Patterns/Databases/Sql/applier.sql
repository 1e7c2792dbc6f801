-- no parameters; what the role that applies may do to databases (one row).
select r.rolcreatedb, r.rolcreaterole
from pg_catalog.pg_roles r
where r.rolname = current_user
order by r.rolname
