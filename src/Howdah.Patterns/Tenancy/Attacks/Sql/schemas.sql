-- $1: names of tenants' tables; $2: the role that tenants' roles are members of; $3: the tables' owner; $4: a tenant's id or null for all.
-- What is wrong with tenants' schemas, all of them at once
with place as (
  select t.id, t.place, n.oid as space, n.nspacl, n.nspowner, r.oid as role, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb
         or r.rolreplication as mighty
  from howdah.tenants t
  left join pg_catalog.pg_namespace n on n.nspname = t.place
  left join pg_catalog.pg_roles r on r.rolname = t.place
  where t.model = 'schemas' and t.state <> 'creating' and ($4::uuid is null or t.id = $4)
), thing as (
  select p.*, c.oid as rel, c.relname, c.relkind, c.relacl, c.relowner from place p join pg_catalog.pg_class c on c.relnamespace = p.space
)
select fault from (
  select place, 'there is no schema ' || place as fault from place where space is null
  union all
  select place, 'there is no role ' || place from place where role is null
  union all
  select place, place || ' is more than a login' from place where mighty
  union all
  select place, place || ' is a member of ' || g.rolname from place join pg_catalog.pg_auth_members m on m.member = role
  join pg_catalog.pg_roles g on g.oid = m.roleid where g.rolname <> $2
  union all
  select place, g.rolname || ' is a member of ' || place from place join pg_catalog.pg_auth_members m on m.roleid = role
  join pg_catalog.pg_roles g on g.oid = m.member where g.rolname <> current_user
  union all
  select place, case when x.grantee = 0 then 'everybody' else pg_catalog.pg_get_userbyid(x.grantee)::text end || ' has ' || x.privilege_type || ' on schema ' || place
  from place, pg_catalog.aclexplode(nspacl) x
  where x.grantee <> nspowner and (x.grantee <> coalesce(role, 0) or x.privilege_type <> 'USAGE')
  union all
  select place, case when x.grantee = 0 then 'everybody' else pg_catalog.pg_get_userbyid(x.grantee)::text end || ' has ' || x.privilege_type || ' on ' || place || '.' || relname
  from thing, pg_catalog.aclexplode(relacl) x
  where x.grantee <> relowner and (x.grantee <> coalesce(role, 0) or x.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'))
  union all
  select place, pg_catalog.pg_get_userbyid(relowner)::text || ' owns ' || place || '.' || relname from thing where pg_catalog.pg_get_userbyid(relowner) <> $3
  union all
  select place, pg_catalog.pg_get_userbyid(nspowner)::text || ' owns schema ' || place from place where pg_catalog.pg_get_userbyid(nspowner) <> $3
  union all
  select place, place || ' has no table ' || n from place, pg_catalog.unnest($1::text[]) n
  where space is not null and not exists (select from thing where thing.space = place.space and relname = n and relkind in ('r', 'p'))
  union all
  select place, 'rows of others may stand in ' || place || '.' || relname from thing
  where relkind in ('r', 'p') and relname = any ($1) and not exists (
    select from pg_catalog.pg_constraint k where k.conrelid = rel and k.contype = 'c' and k.conname = 'howdah_tenant_only' and k.convalidated
      and pg_catalog.strpos(pg_catalog.pg_get_constraintdef(k.oid), id::text) > 0)
) s
order by place, fault limit 20
