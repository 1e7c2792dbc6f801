-- $1: schemas; $2: tenant column. Keys that do not carry the tenant: not leading in a primary or unique key, not among the columns of a foreign key
select n.nspname, c.relname, k.conname, k.contype::text, pg_catalog.pg_get_constraintdef(k.oid)
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = $2 and not a.attisdropped
left join pg_catalog.pg_attribute fa on k.contype = 'f' and fa.attrelid = k.confrelid and fa.attname = $2 and not fa.attisdropped
where n.nspname = any($1) and k.contype in ('p', 'u', 'f')
  and case when k.contype = 'f' then fa.attnum is not null and not (a.attnum = any(k.conkey) and fa.attnum = any(k.confkey))
           else k.conkey[1] <> a.attnum end
order by 1, 2, 3
