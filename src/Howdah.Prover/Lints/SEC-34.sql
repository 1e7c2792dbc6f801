-- SEC-34 medium
-- title: No setting of a role or database switches protection off
-- how: Looks at ALTER ROLE … SET and ALTER DATABASE … SET for row_security off, session_replication_role replica, log_statement or
--   pgaudit.log none, allow_system_table_mods and lo_compat_privileges on. A search_path is SEC-09's, a tenant TEN-E13's.
-- why: It is in force in every new session, long after whoever set it for one night has forgotten: triggers, foreign keys and the
--   audit do not run, queries on protected tables fail.
-- source: https://www.postgresql.org/docs/current/runtime-config-client.html
, entry as (
  select split_part(c.entry, '=', 1) as name, lower(substr(c.entry, strpos(c.entry, '=') + 1)) as value,
         case when s.setrole <> 0 then format('ROLE %I', pg_get_userbyid(s.setrole))
                || case when s.setdatabase <> 0 then format(' IN DATABASE %I', current_database()) else '' end
              when s.setdatabase <> 0 then format('DATABASE %I', current_database()) else 'ROLE ALL' end as whose
  from pg_db_role_setting s cross join unnest(s.setconfig) c(entry)
  where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
)
select array[format('%s: %s', whose, name)] as targets, format('%s = %s for %s', name, value, whose) as evidence,
       format('ALTER %s RESET %s;', whose, name) as fix
from entry
where name = 'row_security' and value in ('off', 'false', 'no', '0', 'f', 'n')
  or name = 'session_replication_role' and value in ('replica', 'local')
  or name in ('log_statement', 'pgaudit.log') and value in ('none', '')
  or name in ('allow_system_table_mods', 'lo_compat_privileges') and value in ('on', 'true', 'yes', '1', 't', 'y')
order by 1
