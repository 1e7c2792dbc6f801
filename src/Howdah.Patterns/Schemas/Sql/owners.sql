-- $1: the roles that shall own schemas. Whether the role that applies can work as each; no row for a role yet to be made
select r.rolname::text,
       case when pg_catalog.current_setting('server_version_num')::int >= 160000
            then pg_catalog.pg_has_role(r.oid, 'SET') and pg_catalog.pg_has_role(r.oid, 'USAGE')
            else pg_catalog.pg_has_role(r.oid, 'MEMBER') end
from pg_catalog.pg_roles r
where r.rolname = any ($1)
order by 1
