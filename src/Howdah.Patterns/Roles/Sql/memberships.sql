-- $1 text[]: the declared roles. Every membership that one of them has or gives, one row per grantor; PostgreSQL 15 knows ADMIN only.
select role.rolname::text, member.rolname::text, grantor.rolname::text, m.admin_option,
       coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, member.rolinherit),
       coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true),
       m.grantor = 10, member.rolcreaterole, member.rolsuper
from pg_catalog.pg_auth_members m
join pg_catalog.pg_roles role on role.oid = m.roleid
join pg_catalog.pg_roles member on member.oid = m.member
left join pg_catalog.pg_roles grantor on grantor.oid = m.grantor
where role.rolname = any ($1) or member.rolname = any ($1)
order by 1, 2, 3
