-- TEN-A04 critical
-- title: No login has BYPASSRLS
-- how: Lists roles that can log in here and have BYPASSRLS.
-- why: No policy is ever asked for such a role; it reads and writes the rows of all tenants. Tests that log in with it prove nothing.
-- source: https://www.postgresql.org/docs/current/sql-createrole.html (BYPASSRLS)
select array[quote_ident(a.name)] as targets, format('%I has BYPASSRLS', a.name) as evidence,
       format('ALTER ROLE %I NOBYPASSRLS;', a.name) as fix
from attacker a join pg_roles r on r.oid = a.oid
where r.rolbypassrls and (exists (select from tenant_table) or exists (select from pg_policy))
order by 1
