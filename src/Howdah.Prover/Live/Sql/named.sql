-- $1 oid table. What the columns of a table may hold by what their enums and CHECKs name (of their domains, too): number, whether it is a
-- number or text, the constants, and the CHECKs that are about this column alone.
select a.attnum, t.typcategory = 'N', coalesce(e.labels, c.constants),
       array(select pg_catalog.pg_get_expr(k.conbin, k.conrelid) from pg_catalog.pg_constraint k
             where k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum] order by k.conname)
from pg_catalog.pg_attribute a
join pg_catalog.pg_type d on d.oid = a.atttypid
join pg_catalog.pg_type t on t.oid = case d.typtype when 'd' then d.typbasetype else d.oid end
left join lateral (
  select pg_catalog.array_agg(l.enumlabel::text order by l.enumsortorder) as labels from pg_catalog.pg_enum l where l.enumtypid = t.oid
) e on true
left join lateral (
  select pg_catalog.array_agg(m.found[1] order by k.conname, m.at) as constants
  from pg_catalog.pg_constraint k
  cross join lateral pg_catalog.regexp_matches(pg_catalog.pg_get_constraintdef(k.oid), $re$('(?:[^']|'')*'|\m\d+(?:\.\d+)?\M)$re$, 'g')
    with ordinality m(found, at)
  where k.contype = 'c' and (k.contypid = d.oid or k.conrelid = a.attrelid and a.attnum = any (k.conkey))
) c on true
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and (e.labels is not null or c.constants is not null)
order by a.attnum
