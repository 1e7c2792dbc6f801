-- $1 text[]: the declared roles. Undeclared roles that are members of declared ones, superusers and the role that applies aside.
select outsider.rolname::text, role.rolname::text
from pg_catalog.pg_roles outsider
join pg_catalog.pg_roles role on role.rolname = any ($1) and pg_catalog.pg_has_role(outsider.oid, role.oid, 'MEMBER')
where not outsider.rolname = any ($1) and not outsider.rolsuper and outsider.rolname <> current_user and not outsider.rolname ~ '^pg_'
order by 1, 2
