-- SEC-09 high
-- title: No login may create where somebody else looks names up
-- how: Compares the schemas in which a login, or a role that it can become, may create with the search_path of others: settings of roles
--   and of the database, the server's default, and functions with the caller's rights that set it (event triggers': SEC-28).
--   With "$user" in it a schema named like another role counts, and so does CREATE on the database. CREATE for PUBLIC is SEC-08's.
-- why: An object there with the right name, or a function that fits the arguments better, is taken for the real one and runs with the
--   rights of whoever came by, the superuser's backup for one.
-- source: CVE-2018-1058; https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH
, actor(attacker, role) as (
  select x.attacker, x.role from acts_as x join pg_roles r on r.oid = x.role where not r.rolsuper
), writer as materialized (
  select s.oid, s.name, u.attacker,
         bool_or(u.role = n.nspowner or n.nspowner = 'pg_database_owner'::regrole and u.role = d.datdba) as owns
  from (user_schema s join pg_namespace n on n.oid = s.oid) cross join actor u join pg_database d on d.datname = current_database()
  where has_schema_privilege(u.role, s.oid, 'CREATE')
    -- A login that owns the database is SEC-40's.
    and not (n.nspowner = 'pg_database_owner'::regrole and u.role = d.datdba and u.attacker = u.role)
    and not exists (select from aclexplode(n.nspacl) a where a.grantee = 0 and a.privilege_type = 'CREATE')
  group by s.oid, s.name, u.attacker
), setting(role, whose, path) as (
  select s.setrole, case when s.setrole <> 0 then quote_ident(pg_get_userbyid(s.setrole)) else 'everybody without an own one' end,
         substr(c.entry, 13)
  from pg_db_role_setting s cross join unnest(s.setconfig) c(entry)
  where c.entry like 'search_path=%' and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
  union all
  select 0, 'everybody by default', s.reset_val from pg_settings s
  where s.name = 'search_path' and not exists (
    select from pg_db_role_setting r cross join unnest(r.setconfig) c(entry)
    where r.setrole = 0 and r.setdatabase = (select d.oid from pg_database d where d.datname = current_database())
      and c.entry like 'search_path=%')
  union all
  select f.proowner, 'the function ' || f.oid::regprocedure, substr(c.entry, 13)
  from pg_proc f cross join unnest(f.proconfig) c(entry)
  where c.entry like 'search_path=%' and not f.prosecdef and f.prorettype <> 'pg_catalog.event_trigger'::regtype
), item as materialized (
  select distinct s.role, s.whose, replace(trim(p.item, '"'), '""', '"') as name
  from setting s cross join regexp_split_to_table(s.path, '\s*,\s*') p(item)
), met as (
  select w.oid, w.name, w.attacker, w.owns, i.whose
  from writer w join item i on i.name = w.name
  where not exists (select from actor u where u.attacker = w.attacker and u.role = i.role)
  union all
  select w.oid, w.name, w.attacker, w.owns, 'the role ' || quote_ident(r.rolname)
  from writer w join pg_roles r on r.rolname = w.name
  where exists (select from item i where i.name = '$user' and i.role in (0, r.oid))
    and not exists (select from actor u where u.attacker = w.attacker and u.role = r.oid)
), cause as (
  select m.oid, m.name, string_agg(distinct quote_ident(a.name), ', ') as who, string_agg(distinct m.whose, ', ') as whose,
         bool_or(m.owns) as owns,
         (select string_agg(distinct quote_ident(pg_get_userbyid(x.grantee)), ', ')
          from pg_namespace n cross join aclexplode(n.nspacl) x
          where n.oid = m.oid and x.privilege_type = 'CREATE' and x.grantee in (select role from actor)) as whom
  from met m join attacker a on a.oid = m.attacker
  -- Owners of the schemas of tenants' tables are TEN-A02's and TEN-A03's.
  where not (m.owns and m.oid in (select nspoid from tenant_table))
  group by m.oid, m.name
)
select array[quote_ident(c.name)] as targets,
       format('%s may create in %I, where names are looked up for %s', c.who, c.name, c.whose) as evidence,
       case when c.owns and not o.rolcanlogin
              then format('ALTER SCHEMA %I OWNER TO %I; GRANT USAGE ON SCHEMA %1$I TO %s;', c.name, o.rolname, c.who)
            when c.owns then '-- Give the schema to a role that cannot log in: ALTER SCHEMA … OWNER TO …'
            else format('REVOKE CREATE ON SCHEMA %I FROM %s;', c.name, c.whom) end as fix
from cause c join pg_database d on d.datname = current_database() join pg_roles o on o.oid = d.datdba
union all
select array[quote_ident(d.datname)], format('%s may create schemas, one named like another role too, where that role looks names up first',
         (select string_agg(distinct quote_ident(a.name), ', ') from attacker a join actor u on u.attacker = a.oid
          where has_database_privilege(u.role, d.oid, 'CREATE'))),
       format('REVOKE CREATE ON DATABASE %I FROM %s;', d.datname, string_agg(distinct
         case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end, ', '))
from pg_database d cross join aclexplode(d.datacl) x
where d.datname = current_database() and x.privilege_type = 'CREATE' and x.grantee <> d.datdba
  and (x.grantee = 0 or x.grantee in (select role from actor)) and exists (select from item where name = '$user' and role = 0)
  and exists (select from attacker)
group by d.oid, d.datname
order by 1
