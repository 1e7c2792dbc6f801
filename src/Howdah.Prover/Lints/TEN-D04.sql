-- TEN-D04 residual low
-- title: Plans do not count other tenants' rows
-- how: Nothing is asked: EXPLAIN ANALYZE shows Rows Removed by Filter to whoever may read the table.
-- why: The rows that the policy took away are counted in the plan.
-- source: https://www.postgresql.org/docs/current/using-explain.html; reproduced on 15 and 18
select array[current_database()::text] as targets, 'EXPLAIN ANALYZE counts the rows that policies removed' as evidence,
       '-- Let no tenant send SQL of its own; an index that begins with the tenant column keeps most rows from being looked at.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
