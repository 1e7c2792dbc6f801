-- $1: schemas, $2: names of tables, pairwise. Who else writes to them or to their partitions: a transaction and its process
with recursive asked(oid) as (
  select c.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = t.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name
  union
  select i.inhrelid from asked a join pg_catalog.pg_inherits i on i.inhparent = a.oid
)
select distinct l.virtualtransaction, coalesce(l.pid, 0), coalesce(a.usename::text, '')
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.granted and l.relation in (select oid from asked)
  and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  and coalesce(a.backend_type, 'client backend') in ('client backend', 'background worker')
  and l.pid is distinct from pg_catalog.pg_backend_pid()
order by 1, 2
