-- $1 text[]: the declared roles that allow no foreign members; $2 text[]: all declared roles. Undeclared roles that are members of the
-- former,
-- superusers and those who administer the role aside.
select outsider.rolname::text, role.rolname::text
from pg_catalog.pg_roles outsider
join pg_catalog.pg_roles role on role.rolname = any ($1) and pg_catalog.pg_has_role(outsider.oid, role.oid, 'MEMBER')
where not outsider.rolname = any ($2) and not outsider.rolsuper and outsider.rolname <> current_user and not outsider.rolname ~ '^pg_'
  and not (outsider.rolcreaterole and pg_catalog.pg_has_role(outsider.oid, role.oid, 'MEMBER WITH ADMIN OPTION'))
order by 1, 2
