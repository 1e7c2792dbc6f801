-- $1 oid[] attackers, $2 oid[] tenants' schemas. What tells which schema is whose: search_path as each role gets it when it logs in, the
-- schemas that it owns, and those that it may use with the rights of roles it can become.
with recursive acts_as(attacker, role) as (
  select r.oid, r.oid from pg_catalog.pg_roles r where r.oid = any ($1)
  union
  select b.attacker, m.roleid
  from acts_as b join pg_catalog.pg_auth_members m on m.member = b.role
  join pg_catalog.pg_roles r on r.oid = m.roleid and not r.rolsuper
), tenant as materialized (
  select n.oid, n.nspname::text as name, n.nspowner, e.acl
  from pg_catalog.pg_namespace n
  cross join lateral (select coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) e(acl)
  where n.oid = any ($2)
), used as (
  select distinct b.attacker, t.oid
  from tenant t cross join pg_catalog.aclexplode(t.acl) x
  join (select attacker, role from acts_as union all select r, 0::oid from pg_catalog.unnest($1) r) b on b.role = x.grantee
  where x.privilege_type = 'USAGE'
  union
  select b.attacker, t.oid
  from acts_as b join pg_catalog.pg_roles r on r.oid = b.role and r.rolname in ('pg_read_all_data', 'pg_write_all_data')
  cross join tenant t
)
select a.oid, a.rolname::text,
       coalesce((select pg_catalog.substr(c.entry, 13)
                 from pg_catalog.pg_db_role_setting s cross join pg_catalog.unnest(s.setconfig) c(entry)
                 where c.entry like 'search\_path=%' and s.setrole in (0, a.oid)
                   and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
                 order by s.setrole = 0, s.setdatabase = 0 limit 1), '"$user", public'),
       coalesce((select pg_catalog.array_agg(t.oid order by t.oid) from tenant t where t.nspowner = a.oid), '{}'),
       coalesce((select pg_catalog.array_agg(u.oid order by u.oid) from used u where u.attacker = a.oid), '{}')
from pg_catalog.pg_roles a
where a.oid = any ($1)
order by a.rolname::text collate "C"
