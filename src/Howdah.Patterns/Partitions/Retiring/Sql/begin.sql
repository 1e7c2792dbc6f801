-- $1: the table, $2: the partition, $3: lower bound or null, $4: upper bound, $5: the goal, $6: the key's type. Notes what will be done,
-- and up to where the table takes no rows any more: one statement, so both or none
with noted as (
  insert into howdah.retired_partitions (parent, leaf, leaf_oid, lo, hi, goal, state)
  values ($1::regclass::text, $2::regclass::text, $2::regclass::oid, $3, $4, $5, 'retiring')
  returning id, leaf, leaf_oid::bigint, lo, hi, goal
), marked as (
  insert into howdah.partition_marks as m (parent, low_water, upkeep_at) values ($1::regclass::text, $4, pg_catalog.now())
  on conflict (parent) do update set low_water = case
    when m.low_water is null or case $6 when 'timestamp with time zone' then m.low_water::timestamptz < excluded.low_water::timestamptz
      when 'date' then m.low_water::date < excluded.low_water::date
      when 'uuid' then m.low_water::uuid < excluded.low_water::uuid
      when 'bigint' then m.low_water::bigint < excluded.low_water::bigint
      when 'integer' then m.low_water::bigint < excluded.low_water::bigint
      when 'smallint' then m.low_water::bigint < excluded.low_water::bigint else m.low_water::timestamp < excluded.low_water::timestamp end
    then excluded.low_water else m.low_water end
)
select n.id, n.leaf, n.leaf_oid, n.lo, n.hi, n.goal from noted n
order by 1
