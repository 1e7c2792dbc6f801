-- $1: the table. Retirements that were begun and not ended, oldest first
select r.id, r.leaf, r.leaf_oid::bigint, r.lo, r.hi, r.goal from howdah.retired_partitions r
where r.parent = $1::regclass::text and r.state = 'retiring'
order by r.id
