-- $1: schemas, $2: names of tables. Their unique indexes, each with its columns
select n.nspname::text, c.relname::text, x.relname::text, case k.contype when 'p' then 'PRIMARY KEY' when 'u' then 'UNIQUE' else '' end,
       array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality u (attnum, place)
             join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum
             where u.place <= i.indnkeyatts order by u.place)
from unnest($1::text[], $2::text[]) wanted (nspname, relname)
join pg_catalog.pg_namespace n on n.nspname = wanted.nspname
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.relname
join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisunique
join pg_catalog.pg_class x on x.oid = i.indexrelid
left join pg_catalog.pg_constraint k on k.conindid = x.oid and k.conrelid = c.oid and k.contype in ('p', 'u')
order by 1, 2, 3
