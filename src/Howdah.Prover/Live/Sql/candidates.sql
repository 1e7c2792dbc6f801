-- $1 oid table. Columns of other tables that its policies read: whose values may be what the context holds.
select distinct n.nspname::text, c.relname::text, a.attname::text
from pg_catalog.pg_policy p
join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
  and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> p.polrelid and d.refobjsubid > 0
join pg_catalog.pg_class c on c.oid = d.refobjid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where p.polrelid = $1 and c.relkind in ('r', 'p')
order by 1, 2, 3
