-- $1 text[] tables that matter, qualified and quoted; null: all. Tables of a template that may be read, 50 at most.
select n.nspname::text, c.relname::text
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and ($1::text[] is null or pg_catalog.format('%I.%I', n.nspname, c.relname) = any ($1))
  and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
  and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid
                  and e.deptype = 'e')
order by n.nspname::text collate "C", c.relname::text collate "C"
limit 50
