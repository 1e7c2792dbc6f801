-- $1 text[]: the roles that shall own databases. What the role that applies may do with each (one row per role; none for a role yet to be
-- made).
select r.rolname::text,
       case when pg_catalog.current_setting('server_version_num')::int >= 160000
            then pg_catalog.pg_has_role(r.oid, 'SET') and pg_catalog.pg_has_role(r.oid, 'USAGE')
            else pg_catalog.pg_has_role(r.oid, 'MEMBER') end
from pg_catalog.pg_roles r
where r.rolname = any ($1)
order by 1
