-- TEN-C07 high
-- title: No login can point foreign keys at tenants' tables, hang triggers on them or lock them for upkeep
-- how: Asks for REFERENCES and TRIGGER, and since PostgreSQL 17 MAINTAIN, on tables with a tenant column for every login that may use the
--   schema; one finding for each grantee.
-- live: As each role that has them: CREATE TRIGGER, a foreign key of a table of its own, LOCK TABLE, each with a lock time-out of 50 ms and
--   taken back at once; success is a break.
-- why: With REFERENCES a role learns which keys exist and keeps others from deleting theirs; with TRIGGER its code runs as whoever writes,
--   a superuser too; with MAINTAIN it locks everybody out. No application needs any of them; GRANT ALL gives all.
-- source: https://www.postgresql.org/docs/current/ddl-priv.html; reproduced on 15 and 18
, given as (
  select g.grantee, t.name, g.privilege, g.attacker
  from granted g join tenant_table t on t.oid = g.relid join usable u on u.attacker = g.attacker and u.nspoid = t.nspoid
  where g.privilege in ('REFERENCES', 'TRIGGER', 'MAINTAIN')
), word(grantee, whom) as (
  select distinct grantee, case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end from given
)
select array_agg(distinct g.name) as targets,
       format('%s has %s on %s', w.whom, string_agg(distinct g.privilege, ', '),
              array_to_string((array_agg(distinct g.name))[1:3], ', ')
                || case when count(distinct g.name) > 3 then format(' and %s more', count(distinct g.name) - 3) else '' end) as evidence,
       format('REVOKE %s ON %s FROM %s;', string_agg(distinct g.privilege, ', '), string_agg(distinct g.name, ', '), w.whom) as fix
from given g join word w on w.grantee = g.grantee
group by w.whom
order by 1
