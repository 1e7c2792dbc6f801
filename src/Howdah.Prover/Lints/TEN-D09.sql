-- TEN-D09 medium
-- title: Views that choose the tenant's rows have a barrier
-- how: Lists views without security_barrier that filter by the context, that a login may read, over a table that it may not read and whose
--   policies do not bind the view's owner.
-- why: Without the barrier the planner may ask a cheap function of the reader's first, with the rows of all tenants, and the view's filter
--   after it.
-- source: https://www.postgresql.org/docs/current/rules-privileges.html; reproduced on 15 and 18
, seen as (
  select distinct v.oid, v.relowner, v.relnamespace, v.relacl, v.reloptions, t.oid as relid, t.name
  from pg_class v join pg_rewrite w on w.ev_class = v.oid and w.rulename = '_RETURN'
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
  join tenant_table t on t.oid = d.refobjid join pg_roles o on o.oid = v.relowner
  where v.relkind = 'v' and (not t.rls or o.rolsuper or o.rolbypassrls)
    and not exists (select from pg_options_to_table(v.reloptions) p where p.option_name in ('security_barrier', 'security_invoker')
                    and coalesce(p.option_value, 'on') in ('true', 'on', 'yes', '1'))
)
select array_agg(distinct s.oid::regclass::text) as targets,
       format('%s without security_barrier %s a tenant''s rows of %s', string_agg(distinct s.oid::regclass::text, ', '),
              case count(distinct s.oid) when 1 then 'chooses' else 'choose' end, string_agg(distinct s.name, ', ')) as evidence,
       string_agg(distinct format('ALTER VIEW %s SET (security_barrier = true);', s.oid::regclass), E'\n') as fix
from seen s
cross join aclexplode(s.relacl) x
join (select attacker, role from acts_as union all select oid, 0 from attacker) b on b.role = x.grantee
join usable u on u.attacker = b.attacker and u.nspoid = s.relnamespace
where x.privilege_type = 'SELECT' and x.grantee <> s.relowner
  and not exists (select from granted g where g.relid = s.relid and g.attacker = b.attacker and g.privilege = 'SELECT')
  and pg_get_viewdef(s.oid) ~ '(current_setting\(|CURRENT_USER|SESSION_USER)'
having count(*) > 0
