-- $1: schemas, $2: names of tables partitioned by ranges of numbers, $3: steps, $4: sequences or null. How far numbers have come, by steps:
-- a plan made from each number would be stale with the next row. A sequence tells, or what partitions have a file that is not empty
select wanted.nspname, wanted.relname, greatest(
  (select s.last - ((s.last % wanted.step + wanted.step) % wanted.step) from (
     select pg_catalog.pg_sequence_last_value(q.oid::pg_catalog.regclass) as last from pg_catalog.pg_class q
     where q.relkind = 'S' and q.oid = pg_catalog.to_regclass(coalesce(wanted.seq, pg_catalog.pg_get_serial_sequence(
       pg_catalog.format('%I.%I', n.nspname, p.relname), k.attname)))) s),
  (select max(coalesce(b.high::int8 - 1, b.low::int8)) from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
   cross join lateral (
     select nullif(pg_catalog.substring(e.bound, $$FROM \('?([^')]+)'?\)$$), 'MINVALUE') as low,
            nullif(pg_catalog.substring(e.bound, $$TO \('?([^')]+)'?\)$$), 'MAXVALUE') as high
     from (select pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound) e) b
   where i.inhparent = p.oid and case when c.relkind = 'p' then exists (select from pg_catalog.pg_partition_tree(c.oid) t
       where t.isleaf and pg_catalog.pg_relation_size(t.relid) > 0) else pg_catalog.pg_relation_size(c.oid) > 0 end))
from unnest($1::text[], $2::text[], $3::int8[], $4::text[]) wanted (nspname, relname, step, seq)
join pg_catalog.pg_namespace n on n.nspname = wanted.nspname
join pg_catalog.pg_class p on p.relnamespace = n.oid and p.relname = wanted.relname and p.relkind = 'p'
join pg_catalog.pg_partitioned_table t on t.partrelid = p.oid and t.partstrat = 'r' and t.partnatts = 1
join pg_catalog.pg_attribute k on k.attrelid = p.oid and k.attnum = t.partattrs[0]
  and k.atttypid in ('int8'::regtype, 'int4'::regtype, 'int2'::regtype)
order by 1, 2
