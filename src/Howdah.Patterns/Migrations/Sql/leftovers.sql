-- $1: how scratch databases are called; $2: their mark. Those whose maker's backend is gone, or was mine before me; only what may be dropped
select d.datname::text
from pg_catalog.pg_database d
where pg_catalog.starts_with(d.datname::text, $1) and pg_catalog.shobj_description(d.oid, 'pg_database') = $2
  and pg_catalog.pg_has_role(d.datdba, 'USAGE')
  and not exists (select from pg_catalog.pg_stat_activity a
                  where $1 || a.pid::text = d.datname and a.pid <> pg_catalog.pg_backend_pid())
order by 1
