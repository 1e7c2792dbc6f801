-- TEN-A07 critical
-- title: No table has sleeping policies
-- how: Lists tables that have policies but on which row-level security is not enabled.
-- why: Policies do nothing until ALTER TABLE … ENABLE ROW LEVEL SECURITY; the table looks protected and everybody who may read it
--   reads all of it.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; Supabase Splinter 0007
select array[c.oid::regclass::text] as targets,
       format('%s has %s, and row-level security is not enabled', c.oid::regclass,
              case count(*) when 1 then 'a policy' else count(*) || ' policies' end) as evidence,
       format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;', c.oid::regclass) as fix
from pg_policy p join pg_class c on c.oid = p.polrelid
where not c.relrowsecurity
group by c.oid
order by 1
