-- TEN-A01 high
-- title: Row-level security binds the owners of the tables too
-- how: Lists tables with row-level security and policies that is not forced, unless the owner is a superuser or has BYPASSRLS, whom
--   forcing does not bind; one finding for each owner.
-- why: Without FORCE the owner, every role that is a member of the owner, and every view and SECURITY DEFINER function of the owner's sees
--   and changes the rows of all tenants.
-- source: https://www.postgresql.org/docs/current/sql-altertable.html (FORCE ROW LEVEL SECURITY)
select array_agg(c.oid::regclass::text order by c.oid::regclass::text) as targets,
       format('%I, who owns %s, and whoever acts for it is above the policies', r.rolname,
              array_to_string((array_agg(c.oid::regclass::text order by c.oid::regclass::text))[1:3], ', ')
                || case when count(*) > 3 then format(' and %s more', count(*) - 3) else '' end) as evidence,
       string_agg(format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', c.oid::regclass), E'\n' order by c.oid::regclass::text) as fix
from pg_class c join pg_roles r on r.oid = c.relowner
where c.relrowsecurity and not c.relforcerowsecurity and not r.rolsuper and not r.rolbypassrls
  and c.oid in (select polrelid from pg_policy)
group by r.rolname
order by 1
