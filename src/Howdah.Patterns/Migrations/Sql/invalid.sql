-- no parameters; indexes that are invalid: where, of which table, whose, what can be rebuilt, and whether somebody may be building it just now
select n.nspname, c.relname, tn.nspname, t.relname, pg_catalog.pg_get_userbyid(t.relowner),
       c.relkind = 'i' and not i.indisexclusion,
       exists (select from pg_catalog.pg_locks l
               where l.locktype = 'relation' and l.relation = i.indrelid and l.mode = 'ShareUpdateExclusiveLock'
                 and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
                 and l.pid <> pg_catalog.pg_backend_pid())
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where not i.indisvalid and n.nspname !~ '^pg_'
order by 1, 2
