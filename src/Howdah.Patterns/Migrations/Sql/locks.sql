-- no parameters; the relation locks this session holds, with modes
select l.relation::bigint, l.mode
from pg_catalog.pg_locks l
where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted
  and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
order by 1, 2
