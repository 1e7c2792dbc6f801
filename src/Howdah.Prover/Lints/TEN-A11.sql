-- TEN-A11 critical
-- title: No table with the tenants' column is open
-- how: Lists tables with a tenant column but with neither row-level security nor policies that a login may read or write. Partitions and
--   children of tenants' tables are told of by TEN-C05, schemas of one tenant are left out.
-- why: Tables are born open. One that a migration or CREATE TABLE AS made, and that a grant on all tables then reached, shows every
--   tenant's rows to every other.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
, bare as (
  select t.*, string_agg(distinct g.privilege, ', ') as rights,
         string_agg(distinct quote_ident(pg_get_userbyid(g.attacker)), ', ') as who
  from tenant_table t
  join granted g on g.relid = t.oid and g.privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  join usable u on u.attacker = g.attacker and u.nspoid = t.nspoid
  where t.kind in ('r', 'p') and not t.rls and t.nspoid not in (select oid from tenant_schema)
    and not exists (select from pg_policy p where p.polrelid = t.oid)
    and not exists (select from pg_inherits i join tenant_table x on x.oid = i.inhparent where i.inhrelid = t.oid)
  group by t.oid, t.name, t.nspoid, t.owner, t.kind, t.rls, t.forced, t.attnum, t.attname, t.atttypid, t.attnotnull
)
select array[b.name] as targets,
       format('%s has the column %I and no row-level security; %s may %s it', b.name, b.attname, b.who, b.rights) as evidence,
       concat_ws(E'\n', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;', b.name),
         case when not b.attnotnull then format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', b.name, b.attname) end,
         -- Where sisters compare their column with the one setting, a floor that does; a copy of theirs could copy a mistake.
         case when (select count(*) from context) = 1 and exists (
                select from policy q join tenant_table s on s.oid = q.relid
                where s.atttypid = b.atttypid and pg_get_expr(q.qual, q.relid) ~ 'current_setting' and pg_get_expr(q.qual, q.relid) !~* ' from ')
           then format('CREATE POLICY tenant_base ON %s USING (true) WITH CHECK (true); CREATE POLICY tenant_floor ON %1$s AS RESTRICTIVE '
                       'USING (%2$I = (SELECT nullif(current_setting(%3$L, true), '''')::%4$s)) WITH CHECK (%2$I = (SELECT nullif(current_setting(%3$L, true), '''')::%4$s));',
                       b.name, b.attname, (select c.name from context c), format_type(b.atttypid, null))
         -- Else the policies of a sister table that speak of the tenant's column only.
         else (select string_agg(format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s;', p.name, b.name,
                   case when p.permissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
                   case p.cmd when '*' then 'ALL' when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' else 'DELETE' end,
                   (select string_agg(case r when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(r)) end, ', ') from unnest(p.roles) r),
                   ' USING (' || pg_get_expr(p.qual, p.relid) || ')', ' WITH CHECK (' || pg_get_expr(p.checked, p.relid) || ')'),
                 E'\n' order by p.name)
          from policy p
          where p.relid = (select s.oid from tenant_table s
                           where s.rls and s.attname = b.attname and s.atttypid = b.atttypid
                             and not exists (select from policy q where q.relid = s.oid and not q.cols <@ array[q.attnum])
                             and exists (select from policy q where q.relid = s.oid and q.cols = array[q.attnum])
                           order by s.nspoid <> b.nspoid, s.name limit 1)) end) as fix
from bare b
order by 1
