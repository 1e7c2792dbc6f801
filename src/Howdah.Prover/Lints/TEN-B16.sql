-- TEN-B16 high
-- title: No policy asks itself
-- how: Follows the tables that SELECT policies read, through the policies of those tables and through views with the reader's rights; a
--   way back to the start is a break.
-- why: PostgreSQL refuses such a query with "infinite recursion detected in policy": the table cannot be read at all. It is then often
--   policy_cure in a hurry by switching row-level security off.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; reproduced on 15 and 18
, edge(policy, home, away) as (
  select p.oid, p.polrelid, r.m[1]::oid
  from pg_policy p join pg_class c on c.oid = p.polrelid and c.relrowsecurity
  cross join regexp_matches(p.polqual::text, ':relid (\d+) ', 'g') r(m)
  where p.polcmd in ('*', 'r') and p.polqual::text ~ ':relid '
  union
  select null, c.oid, r.m[1]::oid
  from pg_class c join pg_rewrite w on w.ev_class = c.oid and w.rulename = '_RETURN'
  cross join regexp_matches(w.ev_action::text, ':relid (\d+) ', 'g') r(m)
  where c.relkind = 'v' and exists (select from pg_options_to_table(c.reloptions) where option_name = 'security_invoker' and option_value in
    ('true', 'on', 'yes', '1')) and r.m[1]::oid <> c.oid and exists (select from pg_policy where polqual::text ~ ':relid ')
), walk(start, at) as (
  select home, away from edge where policy is not null
  union
  select w.start, e.away from walk w join edge e on e.home = w.at
), loop as (
  -- Tables from which a way leads there and back.
  select s.start as home, array_agg(distinct s.at order by s.at) as members
  from walk s join walk b on b.start = s.at and b.at = s.start
  group by s.start
), asking as (
  select distinct l.members, e.policy
  from loop l join edge e on e.home = l.home
  where e.policy is not null and exists (select from walk w where w.start = l.home and w.at = l.home)
    and (e.away = l.home or exists (select from walk w where w.start = e.away and w.at = l.home)
         or exists (select from edge v where v.home = e.away and v.policy is null))
)
select array_agg(p.polrelid::regclass::text || ' ' || quote_ident(p.polname) order by p.polrelid::regclass::text, p.polname) as targets,
       format('reading %s asks policy %s again and again', string_agg(distinct p.polrelid::regclass::text, ', '),
              string_agg(distinct quote_ident(p.polname), ', ')) as evidence,
       string_agg(case when p.polpermissive then format('DROP POLICY %I ON %s;', p.polname, p.polrelid::regclass)
                       else format('-- Write policy %I of %s without reading the table itself.', p.polname, p.polrelid::regclass) end,
                  E'\n' order by p.polrelid::regclass::text, p.polname) as fix
from asking a join pg_policy p on p.oid = a.policy
group by a.members
order by 1
