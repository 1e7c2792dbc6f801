-- $1 oid[] attackers, $2 oid[] their own schemas (0: none), $3 oid[] tenants' schemas. What each may touch in
-- other tenants' schemas, itself or as a role that it can become: relations of one name and equal rights once, with the number of schemas where it is so.
with home as materialized (
  select u.attacker, u.home from pg_catalog.unnest($1::oid[]) with ordinality as a(attacker, n)
  join pg_catalog.unnest($2::oid[]) with ordinality as h(home, n) using (n) cross join lateral (select a.attacker, h.home) u
), actor as materialized (
  select h.attacker, h.home, r.oid as role
  from home h join pg_catalog.pg_roles r on r.oid = h.attacker or not r.rolsuper and r.oid in (
    select m.roleid from pg_catalog.pg_auth_members m) and pg_catalog.pg_has_role(h.attacker, r.oid,
      case when pg_catalog.current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
), way as materialized (
  select a.attacker, a.role, n.oid as nsp, n.nspname::text as schema,
         (select pg_catalog.string_agg(distinct case x.grantee when 0 then 'PUBLIC'
                   else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end, ', ')
          from pg_catalog.aclexplode(n.nspacl) x
          where x.privilege_type = 'USAGE' and x.grantee <> n.nspowner
            and (x.grantee = 0 or pg_catalog.pg_has_role(a.role, x.grantee, 'USAGE'))) as whom
  from actor a cross join pg_catalog.pg_namespace n
  where n.oid = any ($3) and n.oid <> a.home and pg_catalog.has_schema_privilege(a.role, n.oid, 'USAGE')
), thing as (
  select w.attacker, w.role, w.nsp, w.schema, w.whom, c.oid, c.relname::text as name, c.relkind,
         case c.relkind when 'S' then pg_catalog.has_sequence_privilege(w.role, c.oid, 'SELECT')
                        else pg_catalog.has_any_column_privilege(w.role, c.oid, 'SELECT') end as reads,
         c.relkind <> 'S' and pg_catalog.has_table_privilege(w.role, c.oid, 'SELECT') as reads_all,
         c.relkind <> 'S' and pg_catalog.has_table_privilege(w.role, c.oid, 'DELETE') as deletes,
         case when c.relkind <> 'S' then coalesce((
           select pg_catalog.array_agg(k.attnum order by k.attnum) from pg_catalog.pg_attribute k
           where k.attrelid = c.oid and k.attnum > 0 and not k.attisdropped
             and pg_catalog.has_column_privilege(w.role, c.oid, k.attnum, 'INSERT')), '{}') else '{}' end as inserts,
         case when c.relkind <> 'S' then coalesce((
           select pg_catalog.array_agg(k.attnum order by k.attnum) from pg_catalog.pg_attribute k
           where k.attrelid = c.oid and k.attnum > 0 and not k.attisdropped
             and pg_catalog.has_column_privilege(w.role, c.oid, k.attnum, 'UPDATE')), '{}') else '{}' end as updates
  from way w join pg_catalog.pg_class c on c.relnamespace = w.nsp and c.relkind in ('r', 'p', 'v', 'm', 'S')
), once as (
  select t.*, pg_catalog.row_number() over same as nth, pg_catalog.count(*) over (
           partition by attacker, role, name, relkind, reads, reads_all, deletes, inserts, updates) as schemas
  from thing t
  where reads or deletes or inserts <> '{}' or updates <> '{}'
  window same as (partition by attacker, role, name, relkind, reads, reads_all, deletes, inserts, updates order by nsp)
)
select o.attacker, pg_catalog.pg_get_userbyid(o.attacker)::text, pg_catalog.pg_get_userbyid(o.role)::text, o.oid, o.schema, o.name,
  o.relkind,
       o.reads, o.reads_all, o.deletes, o.inserts, o.updates, o.schemas, o.whom
from once o
where o.nth = 1
order by 2, o.role <> o.attacker, 3, o.schema collate "C", o.name collate "C"
