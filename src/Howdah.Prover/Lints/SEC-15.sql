-- SEC-15 critical
-- title: No login holds a predefined role that reaches beyond it
-- how: Lists logins that are, directly or not, members of roles that run programs or reach files on the server (critical), read or write
--   every table, maintain them, make subscriptions or end others' sessions (high). Where tables with tenants are, programs and
--   files are TEN-A05's. pg_monitor and its parts are not counted.
-- why: Running a program or reading and writing files as the server is as much as being a superuser. Reading all data takes in every table
--   to come and every tenant's schema.
-- source: https://www.postgresql.org/docs/current/predefined-roles.html
, dangerous(oid, name, severity) as (
  select r.oid, r.rolname::text, k.severity
  from (values ('pg_execute_server_program', 'critical'), ('pg_read_server_files', 'critical'), ('pg_write_server_files', 'critical'),
               ('pg_read_all_data', 'high'), ('pg_write_all_data', 'high'), ('pg_maintain', 'high'), ('pg_create_subscription', 'high'),
               ('pg_signal_backend', 'high'), ('pg_signal_autovacuum_worker', 'high')) k(name, severity)
  join pg_roles r on r.rolname = k.name
  where k.severity <> 'critical' or not exists (select from tenant_table) and not exists (select from pg_policy)
)
select array_agg(distinct quote_ident(a.name)) as targets,
       format('%s may act as %s', string_agg(distinct quote_ident(a.name), ', '), d.name) as evidence,
       (select string_agg(distinct format('REVOKE %I FROM %I;', d.name, pg_get_userbyid(m.member)), E'\n')
        from pg_auth_members m join acts_as x on x.role = m.member where m.roleid = d.oid) as fix,
       d.severity
from dangerous d join acts_as b on b.role = d.oid join attacker a on a.oid = b.attacker
group by d.oid, d.name, d.severity
order by 1
