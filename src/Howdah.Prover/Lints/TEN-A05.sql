-- TEN-A05 critical
-- title: No login can become a role that is above the policies
-- how: Follows the memberships of every login to superusers, roles with BYPASSRLS, and the predefined roles that read or write the
--   server's files or run its programs; before PostgreSQL 16 also to CREATEROLE, which makes itself a member of what it likes.
-- why: BYPASSRLS and SUPERUSER are not inherited, so that the login looks harmless; SET ROLE is all it takes.
-- source: https://www.postgresql.org/docs/current/predefined-roles.html; https://www.postgresql.org/docs/15/role-attributes.html
, above(oid, name, how) as (
  select r.oid, r.rolname::text,
         case when r.rolsuper then 'is a superuser' when r.rolbypassrls then 'has BYPASSRLS'
              when r.rolname = 'pg_execute_server_program' then 'runs programs on the server'
              else 'reaches the files of all tables' end
  from pg_roles r
  where r.rolsuper or r.rolbypassrls or r.rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
), wanted as (
  select exists (select from tenant_table) or exists (select from pg_policy) as yes
)
select array_agg(quote_ident(a.name) order by a.name) as targets,
       format('%s can become %I, who %s', string_agg(quote_ident(a.name), ', ' order by a.name), v.name, v.how) as evidence,
       (select string_agg(distinct format('REVOKE %I FROM %I%s;', v.name, pg_get_userbyid(m.member),
                 case when current_setting('server_version_num')::int >= 160000 then format(' GRANTED BY %I', pg_get_userbyid(m.grantor))
                      else '' end), E'\n')
        from pg_auth_members m join acts_as x on x.role = m.member where m.roleid = v.oid and x.attacker = any (array_agg(a.oid))) as fix
from above v join acts_as b on b.role = v.oid and b.attacker <> v.oid join attacker a on a.oid = b.attacker
where (select yes from wanted)
group by v.oid, v.name, v.how
union all
select array_agg(quote_ident(a.name) order by a.name),
       format('%s may make itself a member of every role, for %I has CREATEROLE', string_agg(quote_ident(a.name), ', ' order by a.name),
              r.rolname),
       format('ALTER ROLE %I NOCREATEROLE;', r.rolname)
from pg_roles r join acts_as b on b.role = r.oid join attacker a on a.oid = b.attacker
where current_setting('server_version_num')::int < 160000 and r.rolcreaterole and not r.rolsuper and (select yes from wanted)
group by r.rolname
order by 1
