-- SEC-42 critical
-- title: The server lets nobody in without a secret, and none travels in clear
-- how: Reads pg_hba.conf as the server does, as a superuser: lines with the method trust (critical), with password on a way that is not
--   encrypted, and lines that cannot be read (high). Lines for sockets count where the server has any.
-- why: With trust whoever reaches the port is whoever he says, superuser too. A line with an error keeps the old rules in force after a
--   reload that reported success.
-- source: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html;
--   https://www.postgresql.org/docs/current/view-pg-hba-file-rules.html
, line as (
  select r.line_number, coalesce(r.type, '?') as type, r.auth_method, r.error,
         regexp_replace(coalesce(to_jsonb(r) ->> 'file_name', current_setting('hba_file', true), 'pg_hba.conf'), '^.*/', '') as file
  from pg_hba_file_rules r
  where r.type is distinct from 'local' or current_setting('unix_socket_directories') <> ''
)
select array[format('%s:%s', file, line_number)] as targets,
       case when error is not null then format('line %s of %s cannot be read: %s', line_number, file, error)
            when auth_method = 'trust' then format('line %s of %s lets in without a password (%s, trust)', line_number, file, type)
            else format('line %s of %s has passwords sent in clear (%s, password)', line_number, file, type) end as evidence,
       format('-- Line %s of %s: %s; then SELECT pg_reload_conf();', line_number, file,
              case when error is not null then 'correct it' else 'scram-sha-256 in place of ' || auth_method end) as fix,
       case when error is null and auth_method = 'trust' then 'critical' else 'high' end as severity
from line
where exists (select from attacker)
  and (error is not null or auth_method = 'trust' or auth_method = 'password' and type in ('host', 'hostnossl'))
order by line_number
