-- SEC-05 high
-- title: What is made tomorrow is not granted to everybody
-- how: Looks in default privileges for grants to PUBLIC on tables, sequences, schemas and large objects, and on functions of one schema
--   (for all schemas EXECUTE for PUBLIC is PostgreSQL's own default).
-- why: Every table made later by that role is open to every login from the first moment, and no review of today's grants shows it.
-- source: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
, given as (
  select d.defaclrole, d.defaclnamespace, d.defaclobjtype, string_agg(distinct a.privilege_type, ', ') as rights
  from pg_default_acl d cross join aclexplode(d.defaclacl) a
  where a.grantee = 0 and (d.defaclobjtype in ('r', 'S', 'n', 'L') or d.defaclobjtype = 'f' and d.defaclnamespace <> 0)
  group by 1, 2, 3
), told as (
  select defaclrole, rights, case when defaclnamespace = 0 then '' else format(' IN SCHEMA %I', n.nspname) end as place,
         case defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'n' then 'SCHEMAS' when 'f' then 'FUNCTIONS'
                            else 'LARGE OBJECTS' end as kind
  from given left join pg_namespace n on n.oid = defaclnamespace
)
select array[format('%I%s: %s', pg_get_userbyid(defaclrole), place, kind)] as targets,
       format('PUBLIC gets %s on all %s that %I will make%s', rights, lower(kind), pg_get_userbyid(defaclrole), lower(place)) as evidence,
       format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON %s FROM PUBLIC;', pg_get_userbyid(defaclrole), place, kind) as fix
from told
order by 1
