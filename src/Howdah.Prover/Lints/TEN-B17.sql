-- TEN-B17 high
-- title: No policy trusts a table that attackers may write
-- how: Looks at the tables that policies read. A break is one into which a login may INSERT, or whose columns that the policy reads it may
--   UPDATE, where no policy by that table's own tenant column holds it. Tables with the tenants' column and no row-level security: TEN-A11.
-- why: Who may write the list of members makes himself a member: the policies then let him in.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; pgrls SEC025
, reading as (
  select distinct p.oid as policy, p.relid, d.refobjid as source
  from policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass
  where p.enabled and d.refobjid <> p.relid and d.refobjsubid > 0
), source as (
  select c.oid, c.relname, c.relnamespace, c.relowner, c.relacl, c.relrowsecurity, t.attnum, t.rls
  from pg_class c left join tenant_table t on t.oid = c.oid
  where c.oid in (select source from reading) and c.relkind in ('r', 'p') and t.rls is distinct from false
), writing as (
  select s.oid, s.attnum as tenant, s.relrowsecurity, x.privilege_type as privilege, x.attnum, x.grantee, b.attacker
  from source s
  cross join lateral (
    select a.privilege_type, 0::smallint as attnum, a.grantee from aclexplode(s.relacl) a
    union all
    select a.privilege_type, c.attnum, a.grantee from pg_attribute c cross join aclexplode(c.attacl) a
    where c.attrelid = s.oid and c.attacl is not null) x
  join (select attacker, role from acts_as union all select oid, 0 from attacker) b on b.role = x.grantee
  join usable u on u.attacker = b.attacker and u.nspoid = s.relnamespace
  where x.grantee <> s.relowner and x.privilege_type in ('INSERT', 'UPDATE')
), hole as (
  select r.policy, r.relid, w.oid as source, w.privilege, w.grantee, w.attacker
  from writing w join reading r on r.source = w.oid
  cross join lateral (select case w.privilege when 'INSERT' then 'a' else 'w' end) k(cmd)
  where (w.privilege = 'INSERT' or w.attnum = 0
      or exists (select from pg_depend d where d.classid = 'pg_policy'::regclass and d.objid = r.policy and d.refobjid = w.oid
                 and d.refobjsubid = w.attnum))
    and (not w.relrowsecurity
      or exists (select from pg_policy p
                 where p.polrelid = w.oid and p.polpermissive and p.polcmd in ('*', k.cmd)
                   and (0 = any (p.polroles) or exists (select from acts_as x where x.attacker = w.attacker and x.role = any (p.polroles)))
                   and coalesce(not w.tenant = any (coalesce((select q.cols from policy q where q.oid = p.oid), '{}')),
                                coalesce(p.polwithcheck, p.polqual)::text ~ '^\{CONST :consttype 16 .* 1 \[ 1 ')))
    and not exists (select from policy q where q.relid = w.oid and not q.permissive and q.cmd in ('*', k.cmd) and q.attnum = any (q.cols)
                    and (0 = any (q.roles) or exists (select from acts_as x where x.attacker = w.attacker and x.role = any (q.roles))))
)
select array[h.source::regclass::text] as targets,
       format('policies of %s read %s, on which %s has %s', string_agg(distinct h.relid::regclass::text, ', '), h.source::regclass,
              string_agg(distinct quote_ident(pg_get_userbyid(h.attacker)), ', '), string_agg(distinct h.privilege, ' and ')) as evidence,
       format('REVOKE %s ON %s FROM %s;', string_agg(distinct h.privilege, ', '), h.source::regclass,
              string_agg(distinct case h.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(h.grantee)) end, ', ')) as fix
from hole h
group by h.source
order by 1
