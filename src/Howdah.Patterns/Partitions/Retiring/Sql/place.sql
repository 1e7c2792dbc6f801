-- $1: oid of a partition, $2: its parent. Where it stands: attached, pending, detached or gone; and its name
select case when c.oid is null then 'gone' when i.inhrelid is null then 'detached' when i.inhdetachpending then 'pending'
            else 'attached' end, n.nspname::text, c.relname::text
from (select $1::oid as oid) wanted
left join pg_catalog.pg_class c on c.oid = wanted.oid
left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and i.inhparent = $2::regclass
order by 1
