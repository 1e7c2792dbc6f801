-- $1: schemas; $2: tenant column. Keys that do not carry the tenant: not leading in a unique key or index, not paired with itself in a foreign key
select s.nspname, s.relname, s.name, s.kind, s.definition
from (
  select n.nspname, c.relname, x.relname as name,
         case when k.conname is null then 'i' when i.indisprimary then 'p' else 'u' end as kind,
         coalesce(pg_catalog.pg_get_constraintdef(k.oid), pg_catalog.pg_get_indexdef(x.oid)) as definition
  from pg_catalog.pg_index i
  join pg_catalog.pg_class x on x.oid = i.indexrelid
  join pg_catalog.pg_class c on c.oid = i.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = $2 and not a.attisdropped
  left join pg_catalog.pg_constraint k on k.conindid = x.oid and k.conrelid = c.oid and k.contype in ('p', 'u', 'x')
  where n.nspname = any($1) and (i.indisunique or i.indisexclusion) and i.indkey[0] <> a.attnum
  union all
  select n.nspname, c.relname, k.conname, 'f', pg_catalog.pg_get_constraintdef(k.oid)
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = $2 and not a.attisdropped
  join pg_catalog.pg_attribute fa on fa.attrelid = k.confrelid and fa.attname = $2 and not fa.attisdropped
  where n.nspname = any($1) and k.contype = 'f' and k.conparentid = 0
    and not exists (select from pg_catalog.generate_subscripts(k.conkey, 1) p where k.conkey[p] = a.attnum and k.confkey[p] = fa.attnum)
) s
order by 1, 2, 3
