-- $1 oid[] attackers. Tables of this database that people made, 500 at most, and whether an attacker may write in each.
select pg_catalog.format('%I.%I', n.nspname, c.relname),
       exists (select from pg_catalog.unnest($1) r(oid) where pg_catalog.has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE'))
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'howdah')
  and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid
                  and e.deptype = 'e')
order by n.nspname::text collate "C", c.relname::text collate "C"
limit 500
