-- No parameters. Tables and views that another session locks, or is about to lock, so that not even their policies can be read.
select distinct c.oid, n.nspname::text, c.relname::text
from pg_catalog.pg_locks l
join pg_catalog.pg_database d on d.oid = l.database and d.datname = pg_catalog.current_database()
join pg_catalog.pg_class c on c.oid = l.relation and c.relkind in ('r', 'p', 'f', 'v', 'm')
join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
where l.mode = 'AccessExclusiveLock' and l.pid <> pg_catalog.pg_backend_pid()
order by 2, 3
