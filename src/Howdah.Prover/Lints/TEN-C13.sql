-- TEN-C13 high
-- title: No login reads foreign tables with tenants' rows
-- how: Lists foreign tables with a tenant column on which a login has SELECT.
-- live: Through postgres_fdw and to a server on this machine only, as each role: the tenants of at most 1,000 rows, within 2 s; more than
--   one is a break. Other servers and wrappers are listed as not run.
-- why: Row-level security cannot be put on a foreign table. What the other server shows is what its user mapping may see there: as a rule,
--   every tenant.
-- source: https://www.postgresql.org/docs/current/sql-createpolicy.html; pgrls SEC053
select array_agg(distinct t.name) as targets,
       format('%s may read %s', string_agg(distinct quote_ident(a.name), ', '), string_agg(distinct t.name, ', ')) as evidence,
       string_agg(distinct format('REVOKE SELECT ON %s FROM %s;', t.name,
                    case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end), E'\n') as fix
from tenant_table t join granted g on g.relid = t.oid and g.privilege = 'SELECT'
join usable u on u.attacker = g.attacker and u.nspoid = t.nspoid join attacker a on a.oid = g.attacker
where t.kind = 'f'
having count(*) > 0
