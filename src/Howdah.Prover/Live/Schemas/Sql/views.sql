-- $1 oid[] attackers, $2 oid[] tenants' schemas. Views in any schema that are made, directly or through others, from tables in tenants'
-- schemas, with those tables, and who may use them.
with recursive uses(viewed, source) as (
  select distinct r.ev_class, d.refobjid
  from pg_catalog.pg_rewrite r
  join pg_catalog.pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> r.ev_class
), made(viewed, source) as (
  select viewed, source from uses
  union
  select m.viewed, u.source from made m join uses u on u.viewed = m.source
), based as (
  select m.viewed, pg_catalog.array_agg(c.oid order by c.oid) as sources,
         pg_catalog.array_agg(c.relnamespace order by c.oid) as schemas
  from made m join pg_catalog.pg_class c on c.oid = m.source and c.relkind in ('r', 'p')
  where c.relnamespace = any ($2)
  group by m.viewed
)
select v.oid, n.oid, n.nspname::text, v.relname::text, v.relkind, b.sources, b.schemas,
       exists (select from pg_catalog.unnest(v.reloptions) o where o in ('security_invoker=true', 'security_invoker=on')) as invoker,
       coalesce((select pg_catalog.array_agg(a.oid order by a.rolname) from pg_catalog.pg_roles a
                 where a.oid = any ($1) and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
                   and pg_catalog.has_any_column_privilege(a.oid, v.oid, 'SELECT')), '{}') as readers,
       coalesce((select pg_catalog.array_agg(a.oid order by a.rolname) from pg_catalog.pg_roles a
                 where a.oid = any ($1) and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
                   and pg_catalog.has_table_privilege(a.oid, v.oid, 'INSERT')), '{}') as writers,
       (select pg_catalog.string_agg(distinct case x.grantee when 0 then 'PUBLIC'
                 else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end, ', ')
        from pg_catalog.aclexplode(v.relacl) x where x.grantee <> v.relowner) as whom
from based b
join pg_catalog.pg_class v on v.oid = b.viewed
join pg_catalog.pg_namespace n on n.oid = v.relnamespace
order by n.nspname collate "C", v.relname collate "C"
