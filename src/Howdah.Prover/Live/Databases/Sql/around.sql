-- No parameters. When the server started, how many other databases this one's owner has (none where it is a superuser), and the templates
-- that one may look into, 10 at most.
select extract(epoch from pg_catalog.pg_postmaster_start_time())::text,
       (select pg_catalog.count(*) from pg_catalog.pg_database m join pg_catalog.pg_roles o on o.oid = m.datdba and not o.rolsuper
        join pg_catalog.pg_database d on d.datdba = m.datdba and d.oid <> m.oid and d.datallowconn and not d.datistemplate
        where m.datname = pg_catalog.current_database()),
       coalesce((select pg_catalog.array_agg(t.name order by t.name <> 'template1', t.name collate "C") from (
         select d.datname::text from pg_catalog.pg_database d
         where d.datistemplate and d.datallowconn and d.datname <> pg_catalog.current_database()
           and pg_catalog.has_database_privilege(d.oid, 'CONNECT')
         order by d.datname <> 'template1', d.datname::text collate "C" limit 10) t(name)), '{}')
