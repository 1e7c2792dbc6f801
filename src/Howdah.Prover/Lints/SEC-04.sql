-- SEC-04 medium
-- title: No login may hand out roles
-- how: Looks for memberships with ADMIN OPTION of logins and of roles that they can become, but not in roles that TEN-A02 and TEN-A05
--   are about. PostgreSQL 16 gives one silently to whoever makes a role.
-- why: ADMIN OPTION lets its holder grant itself and others the role with SET and INHERIT at any later time, also when the membership
--   looks switched off and CREATEROLE was taken away long ago.
-- source: https://www.postgresql.org/docs/current/role-attributes.html; https://www.postgresql.org/docs/release/16.0/
, handed as (
  select distinct m.roleid, m.member, m.grantor
  from pg_auth_members m join acts_as b on b.role = m.member join pg_roles r on r.oid = m.roleid join pg_roles h on h.oid = m.member
  where m.admin_option and not r.rolsuper and not r.rolbypassrls and not h.rolsuper
    and r.oid not in (select owner from tenant_table)
    and r.oid not in (select n.nspowner from pg_namespace n where n.oid in (select nspoid from tenant_table))
    and r.rolname not in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
)
select array[quote_ident(pg_get_userbyid(member))] as targets,
       format('%I may grant %s to itself and to others', pg_get_userbyid(member),
              string_agg(distinct quote_ident(pg_get_userbyid(roleid)), ', ')) as evidence,
       string_agg(format('REVOKE ADMIN OPTION FOR %I FROM %I%s;', pg_get_userbyid(roleid), pg_get_userbyid(member),
                         case when current_setting('server_version_num')::int >= 160000
                              then format(' GRANTED BY %I', pg_get_userbyid(grantor)) else '' end), E'\n' order by roleid, grantor) as fix
from handed
group by member
order by 1
