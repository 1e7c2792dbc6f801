-- $1: schemas, $2: names of the declared tables. Their partitions, and those of partitions that are divided themselves: bounds as instants
-- (a key without zone as if in UTC, a UUID by the time it begins with) and as they are, how each is divided itself, and in what it differs
-- from the table. It may have less privileges than that, never others: who may read it goes around the parent's policies
with tables (oid) as (
  select p.oid from unnest($1::text[], $2::text[]) wanted (nspname, relname)
  join pg_catalog.pg_namespace n on n.nspname = wanted.nspname
  join pg_catalog.pg_class p on p.relnamespace = n.oid and p.relname = wanted.relname and p.relkind = 'p'
), parents (oid, root) as (
  select oid, oid from tables
  union all
  select i.inhrelid, d.oid from tables d join pg_catalog.pg_inherits i on i.inhparent = d.oid
  join pg_catalog.pg_partitioned_table s on s.partrelid = i.inhrelid
)
select pn.nspname::text, p.relname::text, n.nspname::text, c.relname::text,
       case when k.atttypid = 'timestamptz'::regtype then b.low::timestamptz
            when k.atttypid in ('timestamp'::regtype, 'date'::regtype) then b.low::timestamp at time zone 'UTC'
            when k.atttypid = 'uuid'::regtype then timestamptz 'epoch' + interval '1 millisecond'
              * least(('x' || pg_catalog.substr(pg_catalog.translate(b.low, '-', ''), 1, 12))::bit(48)::int8, 253402300799999) end,
       case when k.atttypid = 'timestamptz'::regtype then b.high::timestamptz
            when k.atttypid in ('timestamp'::regtype, 'date'::regtype) then b.high::timestamp at time zone 'UTC'
            when k.atttypid = 'uuid'::regtype then timestamptz 'epoch' + interval '1 millisecond'
              * least(('x' || pg_catalog.substr(pg_catalog.translate(b.high, '-', ''), 1, 12))::bit(48)::int8, 253402300799999) end,
       b.bound = 'DEFAULT', i.inhdetachpending,
       array_remove(array[
         case when c.relowner <> r.relowner then 'owner' end,
         case when r.relrowsecurity and not c.relrowsecurity then 'row security' end,
         case when c.relreplident <> r.relreplident and c.relkind <> 'p' then 'replica identity' end,
         -- A default of its own wins where it is written to directly.
         case when exists (
           select from pg_catalog.pg_attribute l
           join pg_catalog.pg_attribute o on o.attrelid = r.oid and o.attname = l.attname
           left join pg_catalog.pg_attrdef ld on ld.adrelid = l.attrelid and ld.adnum = l.attnum
           left join pg_catalog.pg_attrdef od on od.adrelid = o.attrelid and od.adnum = o.attnum
           where l.attrelid = c.oid and l.attnum > 0 and (l.atthasdef or o.atthasdef) and l.attgenerated = '' and o.attgenerated = ''
             and pg_catalog.pg_get_expr(ld.adbin, ld.adrelid) is distinct from pg_catalog.pg_get_expr(od.adbin, od.adrelid))
             then 'defaults' end,
         -- Before 17 a partition may have an identity of its own, which hands out the parent's numbers again.
         case when pg_catalog.current_setting('server_version_num')::int < 170000 and exists (
           select from pg_catalog.pg_attribute l where l.attrelid = c.oid and l.attnum > 0 and l.attidentity <> '') then 'identity' end,
         case when exists (
           select from (select x.grantee, x.privilege_type from pg_catalog.aclexplode(c.relacl) x union all
             select x.grantee, x.privilege_type from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
             where a.attrelid = c.oid and a.attacl is not null) l
           where l.grantee <> c.relowner and not exists (
             select from pg_catalog.aclexplode(r.relacl) q where q.grantee in (l.grantee, 0) and q.privilege_type = l.privilege_type))
              then 'privileges' end], null), b.low, b.high, case when t.partstrat <> 'r' then b.bound end,
       case s.partstrat when 'r' then 'range' when 'l' then 'list' when 'h' then 'hash' end,
       case when s.partnatts = 1 then sk.attname::text end
from parents w
join pg_catalog.pg_class p on p.oid = w.oid
join pg_catalog.pg_class r on r.oid = w.root
join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
join pg_catalog.pg_partitioned_table t on t.partrelid = p.oid and t.partnatts = 1
join pg_catalog.pg_attribute k on k.attrelid = p.oid and k.attnum = t.partattrs[0]
join pg_catalog.pg_inherits i on i.inhparent = p.oid
join pg_catalog.pg_class c on c.oid = i.inhrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_partitioned_table s on s.partrelid = c.oid
left join pg_catalog.pg_attribute sk on sk.attrelid = s.partrelid and sk.attnum = s.partattrs[0] and sk.attnum > 0
cross join lateral (
  select e.bound, case when t.partstrat = 'r' then nullif(pg_catalog.substring(e.bound, $$FROM \('?([^')]+)'?\)$$), 'MINVALUE') end as low,
         case when t.partstrat = 'r' then nullif(pg_catalog.substring(e.bound, $$TO \('?([^')]+)'?\)$$), 'MAXVALUE') end as high
  from (select pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound) e) b
order by 1, 2, 3, 4
