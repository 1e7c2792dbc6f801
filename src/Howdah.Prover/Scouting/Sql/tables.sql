-- No parameters. Tables people made, with all their columns as JSON.
select c.oid, n.nspname::text, c.relname::text, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.reltuples::float8,
       coalesce((select i.inhparent from pg_catalog.pg_inherits i where i.inhrelid = c.oid order by i.inhseqno limit 1), 0::oid),
       a.attnum, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory, a.attnotnull, a.attgenerated <> '',
       a.attidentity = 'a', a.atthasdef,
       exists (select from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisunique and a.attnum = any (x.indkey)),
       -- A default that can be taken back: it takes no number of a sequence and calls nothing that people made.
       exists (select from pg_catalog.pg_attrdef f where f.adrelid = c.oid and f.adnum = a.attnum and a.attgenerated = ''
               and pg_catalog.strpos(f.adbin::pg_catalog.text, ':funcid 1574 ') = 0 -- nextval; its text would wait for locks
               and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                               and e.objid = f.oid and e.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'p', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid
                  and e.deptype = 'e')
order by c.oid, a.attnum
