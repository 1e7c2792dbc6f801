-- TEN-D03 residual low
-- title: Plans do not tell of other tenants' values
-- how: Nothing is asked: EXPLAIN is open to whoever may read the table, and its estimates come from the statistics of all rows.
-- why: EXPLAIN SELECT … WHERE city = 'Oslo' estimates how many rows all tenants have of it; no row is read.
-- source: https://www.postgresql.org/docs/current/planner-stats-security.html; reproduced on 15 and 18
select array[current_database()::text] as targets, 'EXPLAIN estimates from the rows of all tenants' as evidence,
       '-- Let no tenant send SQL of its own, or keep each in a partition, schema or database of its own.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
