-- TEN-C06 critical
-- title: Tables of tenants cannot be emptied
-- how: Asks for TRUNCATE on tables with a tenant column for every login that may use the schema; one finding for each grantee. Schemas of
--   one tenant are left out.
-- live: With --intrusive only, as each role that has it: TRUNCATE, with a lock time-out of 50 ms, taken back at once; success is a break.
-- why: No policy and no trigger for rows is asked: one statement destroys the rows of all tenants. GRANT ALL gives it along.
-- source: https://www.postgresql.org/docs/current/sql-truncate.html; reproduced on 15 and 18
, given as (
  select g.grantee, t.name
  from granted g join tenant_table t on t.oid = g.relid join usable u on u.attacker = g.attacker and u.nspoid = t.nspoid
  where g.privilege = 'TRUNCATE' and t.nspoid not in (select oid from tenant_schema)
), word(grantee, whom) as (
  select distinct grantee, case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end from given
)
select array_agg(distinct g.name) as targets,
       format('%s may TRUNCATE %s', w.whom, array_to_string((array_agg(distinct g.name))[1:3], ', ')
                || case when count(distinct g.name) > 3 then format(' and %s more', count(distinct g.name) - 3) else '' end) as evidence,
       format('REVOKE TRUNCATE ON %s FROM %s;', string_agg(distinct g.name, ', '), w.whom) as fix
from given g join word w on w.grantee = g.grantee
group by w.whom
order by 1
