-- TEN-B20 high
-- title: Rows cannot be written into another tenant
-- how: Looks for permissive policies WITH CHECK (true) that apply to a login which may INSERT or UPDATE, without a restrictive policy by
--   the tenant's column. Where reading is open as well it is told of by TEN-B18.
-- why: USING decides what may be read and changed, WITH CHECK what it may become. One that is always true lets a tenant plant rows with
--   another and give its own away; UPDATE without WHERE is not even held by SELECT policies.
-- source: https://www.postgresql.org/docs/current/sql-createpolicy.html; reproduced on 15 and 18
, free as (
  select p.oid, p.relid, p.name from policy p
  where p.permissive and p.checked is not null and p.unchecked and not p.open
    and not exists (select from policy o join unheld u on u.policy = o.oid
                    where o.relid = p.relid and o.permissive and o.open and u.cmd <> 'a')
), let as (
  select f.oid, f.relid, f.name, string_agg(distinct case u.cmd when 'a' then 'insert' else 'update' end, ', ') as does,
         string_agg(distinct quote_ident(pg_get_userbyid(u.attacker)), ', ') as who
  from free f join unheld u on u.policy = f.oid
  where u.cmd in ('a', 'w')
  group by f.oid, f.relid, f.name
)
select array_agg(distinct l.relid::regclass::text) as targets,
       format('by policy %I %s may %s rows of any tenant in %s', l.name, l.who, l.does, string_agg(distinct l.relid::regclass::text, ', '))
         as evidence,
       string_agg(distinct coalesce((select m.floor from policy_cure m where m.policy = l.oid),
                                    format('DROP POLICY %I ON %s;', l.name, l.relid::regclass)), E'\n') as fix
from let l
group by l.name, l.who, l.does
order by 1
