-- TEN-A03 critical
-- title: No login owns tenants' tables or their schemas
-- how: Lists logins that own a table with a tenant column, or the schema of one (for the schema public this is the owner of the database).
-- live: As each role that owns a table or can become its owner: NO FORCE, DISABLE, CREATE, DROP and ALTER POLICY, DISABLE TRIGGER, CREATE
--   RULE, INHERIT, each with a lock time-out of 50 ms and taken back at once; success is a break.
-- why: An owner can switch row-level security off, drop the policies and make new ones; one injected statement is enough. Applications
--   that create their own tables at start-up own them.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
, holding(role, what, fix) as (
  select t.owner, t.name, format('ALTER TABLE %s OWNER TO {o}; GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s TO {l};', t.name)
  from tenant_table t
  union all
  select case when n.nspowner = 'pg_database_owner'::regrole then d.datdba else n.nspowner end, format('schema %I', n.nspname),
         format('ALTER SCHEMA %I OWNER TO {o}; GRANT USAGE ON SCHEMA %1$I TO {l};', n.nspname)
  from pg_namespace n join pg_database d on d.datname = current_database()
  where n.oid in (select nspoid from tenant_table)
), heir(name) as (
  -- An owner that is no login, as others have it here; else one to be made.
  select r.rolname::text from tenant_table t join pg_roles r on r.oid = t.owner
  where not r.rolcanlogin and not r.rolsuper and not r.rolbypassrls
  group by r.rolname order by count(*) desc, r.rolname limit 1
)
select array_agg(h.what order by h.what) as targets,
       format('the login %I owns %s', a.name, array_to_string((array_agg(h.what order by h.what))[1:3], ', ')
                || case when count(*) > 3 then format(' and %s more', count(*) - 3) else '' end) as evidence,
       case when not exists (select from heir) then format(E'CREATE ROLE %I NOLOGIN;\n', left(a.name, 57) || '_owner') else '' end
         || string_agg(replace(replace(h.fix, '{o}', quote_ident(coalesce((select name from heir), left(a.name, 57) || '_owner'))), '{l}',
                               quote_ident(a.name)), E'\n' order by h.what) as fix
from holding h join attacker a on a.oid = h.role
group by a.name
order by 1
