-- TEN-C11 medium
-- title: Sequences do not tell or change what others do
-- how: Asks for SELECT and UPDATE on sequences that number rows of tenants' tables; USAGE, which nextval needs, is fine. Schemas of one
--   tenant are left out.
-- live: Reads last_value as each grantee; getting it is a break. No number is drawn or set.
-- why: SELECT shows last_value, how many rows all tenants together made. UPDATE allows setval: set it back and everybody's next INSERT
--   fails.
-- source: https://www.postgresql.org/docs/current/functions-sequence.html; reproduced on 15 and 18
, numbering(oid) as (
  select d.objid from pg_depend d join tenant_table t on t.oid = d.refobjid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    and t.nspoid not in (select oid from tenant_schema)
  union
  select d.refobjid from pg_attrdef f join tenant_table t on t.oid = f.adrelid
  join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
  where t.nspoid not in (select oid from tenant_schema)
), given as (
  select s.oid, x.grantee, x.privilege_type as privilege
  from numbering n join pg_class s on s.oid = n.oid and s.relkind = 'S' cross join aclexplode(s.relacl) x
  where x.privilege_type in ('SELECT', 'UPDATE') and x.grantee <> s.relowner
    and (x.grantee in (select role from acts_as) or x.grantee = 0 and exists (select from attacker))
), word(grantee, whom) as (
  select distinct grantee, case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end from given
)
select array_agg(distinct g.oid::regclass::text) as targets,
       format('%s has %s on %s', w.whom, string_agg(distinct g.privilege, ', '), string_agg(distinct g.oid::regclass::text, ', '))
         as evidence,
       format('REVOKE SELECT, UPDATE ON SEQUENCE %s FROM %s;', string_agg(distinct g.oid::regclass::text, ', '), w.whom)
         || case when bool_or(g.privilege = 'UPDATE') then
              format(' GRANT USAGE ON SEQUENCE %s TO %s;', string_agg(distinct g.oid::regclass::text, ', '), w.whom) else '' end as fix
from given g join word w on w.grantee = g.grantee
group by w.whom
order by 1
