-- $1 oid[] tables. Functions with a text for a body that policies of these tables call, and the relations that they name without a schema:
-- signature, relation, its schema, its columns with types and the types' categories, and the tables whose policies call the function.
select f.signature, f.relname, f.nspname,
       (select pg_catalog.array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a
        where a.attrelid = f.relation and a.attnum > 0 and not a.attisdropped),
       (select pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, null) order by a.attnum) from pg_catalog.pg_attribute a
        where a.attrelid = f.relation and a.attnum > 0 and not a.attisdropped),
       (select pg_catalog.array_agg(t.typcategory order by a.attnum) from pg_catalog.pg_attribute a
        join pg_catalog.pg_type t on t.oid = a.atttypid where a.attrelid = f.relation and a.attnum > 0 and not a.attisdropped),
       f.tables
from (
  select distinct on (h.oid, c.relname) h.oid, h.oid::pg_catalog.regprocedure::text as signature, c.relname::text, n.nspname::text,
         c.oid as relation, h.tables
  from (
    select p.oid, p.pronamespace, d.tables,
           pg_catalog.regexp_replace(p.prosrc, '--[^\n]*|/\*.*?\*/|''(?:[^'']|'''')*''', ' ', 'g') as body
    from pg_catalog.pg_proc p
    join pg_catalog.pg_language l on l.oid = p.prolang
    join (select e.refobjid, pg_catalog.array_agg(distinct y.polrelid) as tables
          from pg_catalog.pg_depend e join pg_catalog.pg_policy y on y.oid = e.objid
          where e.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and e.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            and y.polrelid = any ($1)
          group by e.refobjid) d on d.refobjid = p.oid
    where l.lanname not in ('c', 'internal') and p.prosqlbody is null
      and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = p.oid
                      and e.deptype = 'e')
  ) h
  cross join pg_catalog.regexp_matches(h.body, '\m(?:from|join)\s+(?:only\s+)?"?(\w+)"?(?![\w".])', 'gi') m
  join pg_catalog.pg_class c on c.relname = m[1] and c.relkind in ('r', 'p', 'v', 'm', 'f')
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  order by h.oid, c.relname, c.relnamespace <> h.pronamespace, n.nspname
) f
where exists (select from pg_catalog.pg_attribute a where a.attrelid = f.relation and a.attnum > 0 and not a.attisdropped)
order by f.signature collate "C", f.relname collate "C"
