-- $1: tables. Their partitions that were retired and did not come back, with what became of them
select quoted.name, r.leaf, r.lo, r.hi, case when r.state = 'retiring' then 'retiring' when r.state = 'lost' then 'lost'
       when r.goal = 'archive' then 'archived' when r.goal = 'drop' then 'dropped' else 'detached' end, r.rows, r.archive
from unnest($1::text[]) quoted (name)
join howdah.retired_partitions r on r.parent = pg_catalog.to_regclass(quoted.name)::text
where r.state <> 'restored' and not (r.state = 'retiring' and exists (select from pg_catalog.pg_inherits i where i.inhrelid = r.leaf_oid))
order by 1, r.id
