-- TEN-D06 residual low
-- title: Statements of other tenants are not shown
-- how: Nothing is asked: pg_stat_activity and pg_stat_statements show a login the texts of all sessions of the same login.
-- why: One login that serves all tenants sees the statements of all, literals included.
-- source: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
select array[current_database()::text] as targets, 'a login sees the statements of all its sessions, whatever their tenant' as evidence,
       '-- Send values as parameters, never in the text; or give each tenant a login.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
