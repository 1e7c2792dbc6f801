-- $1: schemas, $2: names of the declared tables. Their partitions: bounds as instants (a key without zone as if in UTC), and in what each
-- differs from its parent. A leaf may have less privileges than its parent, never others: who may read it goes around the parent's policies
select pn.nspname::text, p.relname::text, n.nspname::text, c.relname::text,
       case when b.low is null then null when k.atttypid = 'timestamptz'::regtype then b.low::timestamptz
            else b.low::timestamp at time zone 'UTC' end,
       case when b.high is null then null when k.atttypid = 'timestamptz'::regtype then b.high::timestamptz
            else b.high::timestamp at time zone 'UTC' end,
       b.bound = 'DEFAULT', i.inhdetachpending,
       array_remove(array[
         case when c.relowner <> p.relowner then 'owner' end,
         case when p.relrowsecurity and not c.relrowsecurity then 'row security' end,
         case when c.relreplident <> p.relreplident and c.relkind <> 'p' then 'replica identity' end,
         case when exists (
           select from (select x.grantee, x.privilege_type from pg_catalog.aclexplode(c.relacl) x union all
             select x.grantee, x.privilege_type from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
             where a.attrelid = c.oid and a.attacl is not null) l
           where l.grantee <> c.relowner and not exists (
             select from pg_catalog.aclexplode(p.relacl) q where q.grantee in (l.grantee, 0) and q.privilege_type = l.privilege_type))
              then 'privileges' end], null)
from unnest($1::text[], $2::text[]) wanted (nspname, relname)
join pg_catalog.pg_namespace pn on pn.nspname = wanted.nspname
join pg_catalog.pg_class p on p.relnamespace = pn.oid and p.relname = wanted.relname and p.relkind = 'p'
join pg_catalog.pg_partitioned_table t on t.partrelid = p.oid and t.partstrat = 'r' and t.partnatts = 1
join pg_catalog.pg_attribute k on k.attrelid = p.oid and k.attnum = t.partattrs[0]
  and k.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
join pg_catalog.pg_inherits i on i.inhparent = p.oid
join pg_catalog.pg_class c on c.oid = i.inhrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select e.bound, pg_catalog.substring(e.bound, $$FROM \('([^']+)'\)$$) as low, pg_catalog.substring(e.bound, $$TO \('([^']+)'\)$$) as high
  from (select pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound) e) b
order by 1, 2, 3, 4
