-- TEN-A06 high
-- title: No login can become several tenants
-- how: Where policies compare current_user, counts for every login the roles it can become, itself included, that are alike: members of
--   the same group with rights on the same table, or granted the same on it. Two or more are a break. Schemas for each tenant: TEN-G08.
-- why: The role is the tenant. Whoever may SET ROLE (or RESET ROLE) to another one is that tenant with the next statement, however strict
--   the policies are.
-- source: https://www.postgresql.org/docs/current/sql-set-role.html
, asking(relid) as (
  -- CURRENT_ROLE, CURRENT_USER and USER in the stored tree.
  select distinct p.relid from policy p where concat(p.qual::text, p.checked::text) ~ 'SQLVALUEFUNCTION :op (9|10|11) '
), owned(relid, grantee, rights) as (
  select c.oid, x.grantee, string_agg(x.privilege_type, ',' order by x.privilege_type)
  from asking k join pg_class c on c.oid = k.relid cross join aclexplode(c.relacl) x
  where x.grantee <> c.relowner and x.grantee <> 0
  group by c.oid, x.grantee
), candidate(login, role) as (
  select b.attacker, b.role from acts_as b join pg_roles r on r.oid = b.role
  where not r.rolsuper and r.rolname !~ '^pg_' and exists (select from asking)
), alike(login, role) as (
  select distinct c.login, c.role
  from candidate c join candidate o on o.login = c.login and o.role <> c.role
  where exists (select from owned a join owned b on b.relid = a.relid and b.rights = a.rights
                where a.grantee = c.role and b.grantee = o.role)
     or exists (select from pg_auth_members a join pg_auth_members b on b.roleid = a.roleid join owned w on w.grantee = a.roleid
                where a.member = c.role and b.member = o.role)
)
select array_agg(quote_ident(r.rolname) order by r.rolname) as targets,
       format('%I can be %s tenants: %s', a.name, count(*),
              array_to_string((array_agg(quote_ident(r.rolname) order by r.rolname))[1:4], ', ')
                || case when count(*) > 4 then ' …' else '' end) as evidence,
       (select string_agg(distinct format('REVOKE %I FROM %I%s;', pg_get_userbyid(m.roleid), pg_get_userbyid(m.member),
                 case when current_setting('server_version_num')::int >= 160000 then format(' GRANTED BY %I', pg_get_userbyid(m.grantor))
                      else '' end), E'\n')
        from pg_auth_members m join acts_as x on x.role = m.member
        where m.roleid = any (array_agg(k.role)) and m.roleid <> a.oid and x.attacker = a.oid) as fix
from alike k join attacker a on a.oid = k.login join pg_roles r on r.oid = k.role
group by a.oid, a.name
order by 1
