-- SEC-03 critical
-- title: No login may make and change roles
-- how: Looks for CREATEROLE on logins and on roles that they can become. Before PostgreSQL 16 critical, from 16 high. Where
--   tables with tenants are, the older one is TEN-A05's.
-- why: Before PostgreSQL 16 CREATEROLE can make itself a member of nearly every role, of pg_execute_server_program for one, and so run
--   programs as the server. Since then it rules the roles it made, their passwords and all they were granted.
-- source: https://www.postgresql.org/docs/15/role-attributes.html; https://www.postgresql.org/docs/release/16.0/
, becomes(attacker, role) as (
  select oid, oid from attacker
  union
  select b.attacker, m.roleid from becomes b join pg_auth_members m on m.member = b.role
  where coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) or m.admin_option
)
select array_agg(quote_ident(a.name) order by a.name) as targets,
       case when count(*) = 1 and min(a.oid) = r.oid then format('%I has CREATEROLE', r.rolname)
            else format('%s can become %I, which has CREATEROLE', string_agg(quote_ident(a.name), ', ' order by a.name), r.rolname) end
         as evidence,
       format('ALTER ROLE %I NOCREATEROLE;', r.rolname) as fix,
       case when current_setting('server_version_num')::int < 160000 then 'critical' else 'high' end as severity
from pg_roles r join becomes b on b.role = r.oid join attacker a on a.oid = b.attacker
where r.rolcreaterole and not r.rolsuper
  and (current_setting('server_version_num')::int >= 160000
    or not exists (select from tenant_table) and not exists (select from pg_policy))
group by r.oid, r.rolname
order by 1
