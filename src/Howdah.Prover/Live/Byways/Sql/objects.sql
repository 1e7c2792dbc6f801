-- $1 oid[] attackers, $2 whether a setting carries the tenant. Of the first thousand large objects those that a role may read which serves
-- several tenants: role, one object for each grantee, the grantee, and whether that is the owner.
select distinct on (a.oid, x.grantee) a.oid, o.oid,
       case x.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
       x.grantee = o.lomowner
from (select m.oid, m.lomowner, m.lomacl from pg_catalog.pg_largeobject_metadata m limit 1000) o
cross join pg_catalog.aclexplode(coalesce(o.lomacl, pg_catalog.acldefault('L', o.lomowner))) x
join pg_catalog.pg_roles a on a.oid = any ($1)
  and (x.grantee = 0 or pg_catalog.pg_has_role(a.oid, case x.grantee when 0 then a.oid else x.grantee end, 'USAGE'))
where x.privilege_type = 'SELECT' and (x.grantee <> o.lomowner or $2)
order by a.oid, x.grantee, o.oid
