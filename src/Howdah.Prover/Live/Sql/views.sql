-- $1 oid[] tenant tables, $2 oid[] attackers, $3 text[] the tables' tenant columns. Views made from tenant tables, directly or through
-- others, that an attacker may read: with the tenant column they show, if any, whether some reading on the way to a table runs with the
-- rights of an owner whom its policies do not bind, and what would close it.
with recursive made(oid, source, chain) as (
  select t.oid, t.oid, array[]::oid[] from pg_catalog.unnest($1::oid[]) t(oid)
  union
  select r.ev_class, m.source, m.chain || r.ev_class
  from made m
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = m.oid
    and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
  join pg_catalog.pg_rewrite r on r.oid = d.objid and r.ev_class <> m.oid
  where not r.ev_class = any (m.chain) and pg_catalog.cardinality(m.chain) < 16
),
path as (
  select m.oid as view, m.source,
         -- The rights with which the table is read are those of the innermost view that is not an invoker's: the first in the chain.
         (select v.oid from pg_catalog.unnest(m.chain) with ordinality u(oid, at) join pg_catalog.pg_class v on v.oid = u.oid
          where v.relkind = 'm' or not coalesce(v.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on',
                'security_invoker=1', 'security_invoker=yes', 'security_invoker']
          order by u.at limit 1) as definer
  from made m where pg_catalog.cardinality(m.chain) > 0
),
judged as (
  select p.view, p.source, p.definer,
         p.definer is not null and (d.relkind = 'm' or o.rolsuper or o.rolbypassrls
           or not s.relrowsecurity or (not s.relforcerowsecurity and pg_catalog.pg_has_role(d.relowner, s.relowner, 'USAGE'))) as exempt
  from path p join pg_catalog.pg_class s on s.oid = p.source
  left join pg_catalog.pg_class d on d.oid = p.definer left join pg_catalog.pg_roles o on o.oid = d.relowner
),
seen as (
  select j.view, pg_catalog.bool_or(j.exempt) as exempt,
         coalesce(pg_catalog.min(pg_catalog.format('%s', dn.nspname || '.' || dv.relname)) filter (where j.exempt), '') as culprit,
         coalesce(pg_catalog.min(case dv.relkind when 'm' then pg_catalog.format('REVOKE ALL ON %I.%I FROM ', dn.nspname, dv.relname)
           else pg_catalog.format('ALTER VIEW %I.%I SET (security_invoker = true);', dn.nspname, dv.relname) end)
           filter (where j.exempt), '') as fix,
         pg_catalog.array_agg(distinct j.source) as sources
  from judged j
  left join pg_catalog.pg_class dv on dv.oid = j.definer
  left join pg_catalog.pg_namespace dn on dn.oid = dv.relnamespace
  group by j.view
)
select v.oid, n.nspname::text, v.relname::text, v.relkind,
       (select a.attname::text from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($3::text[])) t(oid, name)
        join pg_catalog.pg_attribute a on a.attrelid = v.oid and a.attname = t.name and not a.attisdropped
        where t.oid = any (s.sources) order by t.name = 'id', t.name limit 1),
       s.exempt, s.culprit, s.fix, r.roles, s.sources
from seen s
join pg_catalog.pg_class v on v.oid = s.view
join pg_catalog.pg_namespace n on n.oid = v.relnamespace
cross join lateral (
  select pg_catalog.array_agg(a.oid order by a.rolname) as roles from pg_catalog.pg_roles a
  where a.oid = any ($2) and pg_catalog.has_schema_privilege(a.oid, v.relnamespace, 'USAGE')
    and pg_catalog.has_any_column_privilege(a.oid, v.oid, 'SELECT')
) r
where v.relkind in ('v', 'm') and r.roles is not null
order by n.nspname collate "C", v.relname collate "C"
