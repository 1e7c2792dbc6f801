-- TEN-C20 medium
-- title: Statistics do not show the rows of partitions
-- how: Lists partitions and children of protected tables without row-level security on which a login has SELECT but whose schema it may not
--   use: it cannot read them, yet pg_stats shows it their values. Where it can read them: TEN-C05.
-- why: pg_stats leaves out tables with row-level security. A partition without it shows the commonest values and the histogram of each
--   column.
-- source: https://www.postgresql.org/docs/current/view-pg-stats.html; CVE-2017-7484; reproduced on 15 and 18
, shown as (
  select distinct t.oid, t.name, a.name as who
  from tenant_table t join pg_inherits i on i.inhrelid = t.oid join tenant_table p on p.oid = i.inhparent and p.rls
  join granted g on g.relid = t.oid and g.privilege = 'SELECT' join attacker a on a.oid = g.attacker
  where not t.rls and t.kind = 'r' and not exists (select from usable u where u.attacker = g.attacker and u.nspoid = t.nspoid)
)
select array_agg(distinct s.name) as targets,
       format('pg_stats shows values of %s to %s', string_agg(distinct s.name, ', '), string_agg(distinct quote_ident(s.who), ', '))
         as evidence,
       string_agg(distinct format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;', s.name), E'\n')
         as fix
from shown s
having count(*) > 0
