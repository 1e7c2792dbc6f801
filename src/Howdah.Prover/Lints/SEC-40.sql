-- SEC-40 low
-- title: Nothing belongs to a role that logs in
-- how: Lists tables, views, functions, types and schemas outside extensions that a login owns (low), and this database (high, for its
--   owner may also create in public). Tables of tenants and their schemas are TEN-A03's.
-- why: The owner may change, replace and drop it and open it to others, and so may whoever steals that one password; and it cannot be
--   dropped when the person leaves.
-- source: https://www.postgresql.org/docs/current/ddl-priv.html; https://www.postgresql.org/docs/current/role-removal.html
, owned(owner, name, fix) as (
  select c.relowner, c.oid::regclass::text, case when c.relkind = 'S'
           then format('ALTER SEQUENCE %s OWNER TO {o}; GRANT USAGE ON SEQUENCE %1$s TO {l};', c.oid::regclass)
           else format('ALTER TABLE %s OWNER TO {o}; GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s TO {l};', c.oid::regclass) end
  from pg_class c
  where c.relowner in (select oid from attacker) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and c.relnamespace in (select oid from user_schema) and c.oid not in (select oid from tenant_table)
    and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid
                    and (e.deptype = 'e' or c.relkind = 'S' and e.deptype in ('a', 'i') and e.refclassid = 'pg_class'::regclass))
  union all
  select f.proowner, f.oid::regprocedure::text,
         format('ALTER ROUTINE %s OWNER TO {o}; GRANT EXECUTE ON ROUTINE %1$s TO {l};', f.oid::regprocedure)
  from pg_proc f
  where f.proowner in (select oid from attacker) and f.pronamespace in (select oid from user_schema)
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
    -- An impostor beside an extension's function is SEC-37's.
    and not exists (select from pg_proc g join pg_depend e on e.classid = 'pg_proc'::regclass and e.objid = g.oid and e.deptype = 'e'
                    where g.proname = f.proname and g.pronamespace = f.pronamespace)
  union all
  select t.typowner, format_type(t.oid, null), format('ALTER TYPE %s OWNER TO {o};', format_type(t.oid, null))
  from pg_type t
  where t.typowner in (select oid from attacker) and t.typtype in ('d', 'e', 'r') and t.typnamespace in (select oid from user_schema)
    and not exists (select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
  union all
  select n.nspowner, format('schema %I', n.nspname), format('ALTER SCHEMA %I OWNER TO {o}; GRANT USAGE ON SCHEMA %1$I TO {l};', n.nspname)
  from pg_namespace n
  where n.nspowner in (select oid from attacker) and n.oid in (select oid from user_schema)
    and n.oid not in (select nspoid from tenant_table)
  union all
  select d.datdba, format('database %I', d.datname),
         format('ALTER DATABASE %I OWNER TO {o}; GRANT CONNECT ON DATABASE %1$I TO {l};', d.datname)
  from pg_database d
  where d.datname = current_database() and d.datdba in (select oid from attacker)
), heir(name) as (
  -- The owner that is no login and owns most here; else one to be made.
  select r.rolname::text from pg_class c join pg_roles r on r.oid = c.relowner
  where c.relnamespace in (select oid from user_schema) and not r.rolcanlogin and not r.rolsuper and not r.rolbypassrls
  group by r.rolname order by count(*) desc, r.rolname limit 1
)
select array_agg(o.name order by o.name) as targets,
       format('the login %I owns %s', a.name, array_to_string((array_agg(o.name order by o.name))[1:3], ', ')
              || case when count(*) > 3 then format(' and %s more', count(*) - 3) else '' end) as evidence,
       case when bool_or(a.oid in (select t.owner from tenant_table t)) and not exists (select from heir)
         then '-- First what closes TEN-A03; then look again: these go to the same new owner.'
       else case when exists (select from heir) then '' else format(E'CREATE ROLE %I NOLOGIN;\n', left(a.name, 57) || '_owner') end
         || string_agg(replace(replace(o.fix, '{o}', quote_ident(coalesce((select name from heir), left(a.name, 57) || '_owner'))), '{l}',
                               quote_ident(a.name)), E'\n' order by o.name) end as fix,
       case when bool_or(o.name like 'database %') then 'high' end as severity
from owned o join attacker a on a.oid = o.owner
group by a.name
order by 1
