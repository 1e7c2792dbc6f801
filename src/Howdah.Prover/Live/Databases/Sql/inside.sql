-- $1 text[] tables of the database that is checked, qualified and quoted. What a login finds in a database that it got into.
with seen as (
  select n.nspname::text as schema, c.relname::text as name,
         pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT') as readable
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and pg_catalog.format('%I.%I', n.nspname, c.relname) = any ($1)
), first as (
  select s.schema, s.name from seen s where s.readable order by s.schema collate "C", s.name collate "C" limit 20
)
select extract(epoch from pg_catalog.pg_postmaster_start_time())::text, pg_catalog.current_database()::text, current_user::text,
       (select pg_catalog.count(*) from seen),
       coalesce((select pg_catalog.array_agg(f.schema order by f.schema collate "C", f.name collate "C") from first f), '{}'),
       coalesce((select pg_catalog.array_agg(f.name order by f.schema collate "C", f.name collate "C") from first f), '{}'),
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'),
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
       (select n.nspname::text from pg_catalog.pg_namespace n
        where n.nspname !~ '^pg_' and pg_catalog.has_schema_privilege(n.oid, 'CREATE') order by n.nspname::text collate "C" limit 1),
       exists (select from pg_catalog.pg_event_trigger e where e.evtenabled <> 'D')
