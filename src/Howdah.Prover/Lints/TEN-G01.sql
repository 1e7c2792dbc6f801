-- TEN-G01 high
-- title: No tenant's schema lets a missing table fall through to a shared one
-- how: Looks for tables that most tenants' schemas have and some lack while public, or a schema of a search_path set for this database or
--   its roles, has one of the same name that somebody besides its owner may use.
-- why: With search_path = tenant, public the name then means the shared table. The tenant's rows land there without an error and are read
--   by every other tenant whose table is missing.
-- source: https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH; reproduced on 15 and 18
, has as (
  select c.relname, array_agg(c.relnamespace) as schemas
  from pg_class c join tenant_schema s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'v', 'm')
  group by c.relname
  having count(*) * 2 > (select count(*) from tenant_schema)
), path as (
  select 'public' as name
  union
  select replace(trim(p.item, '"'), '""', '"')
  from pg_db_role_setting s cross join unnest(s.setconfig) c(entry) cross join regexp_split_to_table(substr(c.entry, 13), '\s*,\s*') p(item)
  where c.entry like 'search_path=%' and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
), fallen as (
  select h.relname, f.oid, array_agg(format('%I.%I', t.name, h.relname) order by t.name) as missing
  from has h
  join tenant_schema t on not t.oid = any (h.schemas)
  join user_schema u on u.name in (select name from path) and u.oid not in (select oid from tenant_schema)
    and exists (select from acts_as a where has_schema_privilege(a.role, u.oid, 'USAGE'))
  join pg_class f on f.relnamespace = u.oid and f.relname = h.relname and f.relkind in ('r', 'p', 'f', 'v', 'm')
  group by h.relname, f.oid
), given as (
  select f.oid, string_agg(distinct case when a.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)) end, ', ') as whom
  from fallen f join pg_class c on c.oid = f.oid cross join aclexplode(c.relacl) a
  where a.grantee <> c.relowner
  group by f.oid
)
select f.missing as targets,
       format('%s of %s schemas of tenants have no %I; the name then means %s, which %s may use', cardinality(f.missing),
              (select count(*) from tenant_schema), f.relname, f.oid::regclass, g.whom) as evidence,
       format('REVOKE ALL ON TABLE %s FROM %s;', f.oid::regclass, g.whom) as fix
from fallen f join given g on g.oid = f.oid
order by f.missing
