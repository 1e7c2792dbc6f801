-- TEN-D05 residual low
-- title: The size of the whole is not told
-- how: Nothing is asked: pg_class.reltuples, pg_stat_user_tables and pg_relation_size are open to every role.
-- why: They tell how many rows all tenants have and how fast they write.
-- source: https://www.postgresql.org/docs/current/monitoring-stats.html; reproduced on 15 and 18
select array[current_database()::text] as targets, 'every login reads sizes and write rates of all tables' as evidence,
       '-- Let no tenant send SQL of its own; schemas or databases for each tenant make it each tenant''s, and still readable.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
