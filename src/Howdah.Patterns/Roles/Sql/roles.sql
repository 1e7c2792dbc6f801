-- $1 text[]: the declared roles; $2 text[]: those that shall not log in. Attributes as ALTER ROLE sets them; "in use" is asked only of the
-- latter.
select r.rolname::text, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
       r.rolreplication, r.rolbypassrls, r.rolconnlimit,
       case when r.rolvaliduntil <> 'infinity'
            then pg_catalog.to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z' end,
       pg_catalog.shobj_description(r.oid, 'pg_authid'),
       r.oid = 10 or r.rolname = current_user,
       pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION'),
       r.rolcanlogin and r.rolname = any ($2) and exists (select from pg_catalog.pg_stat_activity a where a.usesysid = r.oid)
from pg_catalog.pg_roles r
where r.rolname = any ($1)
order by r.rolname
