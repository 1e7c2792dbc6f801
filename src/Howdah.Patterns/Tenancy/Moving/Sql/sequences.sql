-- $1: schemas, $2: names of tables, pairwise. Sequences that feed their columns: table, column, the sequence's schema and name, its increment
select distinct t.n::int, a.attname::text, qs.nspname::text, q.relname::text, s.seqincrement
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality t(schema, name, n)
join pg_catalog.pg_namespace ns on ns.nspname = t.schema
join pg_catalog.pg_class c on c.relnamespace = ns.oid and c.relname = t.name
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
join pg_catalog.pg_depend p on
  (p.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and p.objid = d.oid and p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
  or (p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and p.refobjid = c.oid and p.refobjsubid = a.attnum and p.deptype = 'i')
join pg_catalog.pg_sequence s on s.seqrelid = case when p.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass then p.refobjid else p.objid end
join pg_catalog.pg_class q on q.oid = s.seqrelid
join pg_catalog.pg_namespace qs on qs.oid = q.relnamespace
order by 1, 2, 3, 4
