-- TEN-B18 critical
-- title: No policy is true for every row
-- how: Looks for permissive policies USING (true), or with OR true in them, that apply to a login with rights on the table, without a
--   restrictive policy by the tenant's column for the same role and command.
-- why: Permissive policies are joined with OR, so that one that is always true makes all others idle: every tenant reads, changes and
--   deletes the rows of every other.
-- source: https://www.postgresql.org/docs/current/sql-createpolicy.html; Supabase Splinter 0024
, wide as (
  select p.oid, p.relid, p.name, p.roles from policy p
  where p.permissive and p.cmd <> 'a'
    and (p.open or p.qual::text ~ '\{CONST :consttype 16 ' and pg_get_expr(p.qual, p.relid) ~ '( OR true\M|\mtrue OR )')
), let as (
  select w.oid, w.relid, w.name,
         string_agg(distinct case u.cmd when 'r' then 'read' when 'w' then 'update' else 'delete' end, ', ') as does,
         string_agg(distinct quote_ident(pg_get_userbyid(u.attacker)), ', ') as who
  from wide w join unheld u on u.policy = w.oid
  where u.cmd <> 'a'
  group by w.oid, w.relid, w.name
)
select array_agg(distinct l.relid::regclass::text) as targets,
       format('by policy %I %s may %s every row of %s', l.name, l.who, l.does,
              string_agg(distinct l.relid::regclass::text, ', ')) as evidence,
       string_agg(distinct coalesce((select m.floor from policy_cure m where m.policy = l.oid),
                                    format('DROP POLICY %I ON %s;', l.name, l.relid::regclass)), E'\n') as fix
from let l
group by l.name, l.who, l.does
order by 1
