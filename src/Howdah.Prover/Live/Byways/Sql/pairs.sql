-- $1 oid[] attackers. Roles that are not the other's members: who writes, whom what it makes is given to by default, and who reads. At most
-- 16 write and 24 read: those first to whom something is given by default.
with given as (
  select d.defaclrole as writer, x.grantee
  from pg_catalog.pg_default_acl d cross join pg_catalog.aclexplode(d.defaclacl) x
  where d.defaclobjtype = 'L' and x.grantee <> d.defaclrole and x.privilege_type = 'SELECT'
), writes as (
  select a.oid, a.rolname::text collate "C" as name from pg_catalog.pg_roles a
  where a.oid = any ($1) order by a.oid in (select g.writer from given g) desc, name limit 16
), reads as (
  select a.oid, a.rolname::text collate "C" as name from pg_catalog.pg_roles a
  where a.oid = any ($1)
  order by exists (select from given g where g.grantee <> 0 and pg_catalog.pg_has_role(a.oid,
                     case g.grantee when 0 then a.oid else g.grantee end, 'USAGE')) desc, name limit 24
)
select w.oid, coalesce((select pg_catalog.string_agg(distinct case g.grantee when 0 then 'PUBLIC'
                          else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end, ', ')
                        from given g where g.writer = w.oid), ''), r.oid
from writes w join reads r on not pg_catalog.pg_has_role(r.oid, w.oid, 'MEMBER')
order by w.name, r.name
