-- $1: names of tenants' databases on this server. What is wrong with who gets into them, all of them at once
select fault from (
  select p.name, 'there is no database ' || p.name as fault from pg_catalog.unnest($1::text[]) p(name)
  where not exists (select from pg_catalog.pg_database d where d.datname = p.name)
  union all
  select p.name, 'there is no role ' || p.name from pg_catalog.unnest($1::text[]) p(name) where pg_catalog.to_regrole(p.name) is null
  union all
  select d.datname, case when x.grantee = 0 then 'everybody' else pg_catalog.pg_get_userbyid(x.grantee)::text end || ' has ' || x.privilege_type
         || ' on database ' || d.datname
  from pg_catalog.pg_database d, pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) x
  where d.datname = any ($1) and x.grantee <> d.datdba
    and (x.grantee <> coalesce(pg_catalog.to_regrole(d.datname::text)::oid, 0) or x.privilege_type <> 'CONNECT')
  union all
  select r.rolname, r.rolname || ' is more than a login, or a member of another role' from pg_catalog.pg_roles r
  where r.rolname = any ($1) and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
    or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid))
  union all
  select r.rolname, g.rolname || ' is a member of ' || r.rolname from pg_catalog.pg_roles r join pg_catalog.pg_auth_members m on m.roleid = r.oid
  join pg_catalog.pg_roles g on g.oid = m.member where r.rolname = any ($1) and g.rolname <> current_user
) s
order by name, fault limit 20
