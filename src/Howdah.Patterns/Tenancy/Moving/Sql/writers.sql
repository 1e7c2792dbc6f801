-- $1: schemas, $2: names of tables, pairwise. Transactions that write to them or to anything made of them (partitions, children), other than this one: virtual id, process, who, since when in ms
with recursive asked(oid) as (
  select c.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = t.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name
  union
  select i.inhrelid from asked a join pg_catalog.pg_inherits i on i.inhparent = a.oid
)
select distinct l.virtualtransaction, l.pid, coalesce(a.usename::text, ''),
       coalesce((extract(epoch from pg_catalog.clock_timestamp() - a.xact_start) * 1000)::bigint, 0)
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.granted and l.relation in (select oid from asked)
  and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  and l.mode in ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  and coalesce(a.backend_type, 'client backend') in ('client backend', 'background worker')
  and l.pid is distinct from pg_catalog.pg_backend_pid()
order by 1, 2
