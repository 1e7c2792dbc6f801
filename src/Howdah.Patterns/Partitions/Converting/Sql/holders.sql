-- $1: the table, $2: whether only writers count. Who has held a lock on it for longer than a moment, and would be waited for
select a.pid, coalesce(a.usename::text, ''),
       coalesce(extract(epoch from pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)), 0)::float8
from pg_catalog.pg_stat_activity a
where a.pid <> pg_catalog.pg_backend_pid() and a.backend_type <> 'autovacuum worker'
  and a.xact_start < pg_catalog.clock_timestamp() - interval '300 ms'
  and exists (select from pg_catalog.pg_locks l where l.pid = a.pid and l.granted and l.locktype = 'relation' and l.relation = $1
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
    and (not $2 or l.mode not in ('AccessShareLock', 'RowShareLock')))
order by 3 desc, 1
