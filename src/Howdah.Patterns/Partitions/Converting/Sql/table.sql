-- $1: schema, $2: name, $3: the column to partition by. The table as it is: size, estimated rows, the key column, the primary key
select c.oid, c.relkind::text, c.relpersistence::text, pg_catalog.pg_total_relation_size(c.oid),
       case when c.reltuples < 0 then null else c.reltuples::bigint end,
       pg_catalog.format_type(k.atttypid, k.atttypmod), k.attnotnull, k.attgenerated <> '',
       coalesce(array(select a.attname::text from pg_catalog.pg_index i
         cross join lateral unnest(i.indkey::int2[]) with ordinality u (attnum, place)
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum
         where i.indrelid = c.oid and i.indisprimary and u.place <= i.indnkeyatts order by u.place), '{}'),
       (select t.spcname::text from pg_catalog.pg_tablespace t where t.oid = c.reltablespace),
       (select string_agg(o, ', ' order by toast, place) from (
         select o, place, false toast from unnest(c.reloptions) with ordinality u (o, place) union all
         select 'toast.' || o, place, true from pg_catalog.pg_class tc, unnest(tc.reloptions) with ordinality u (o, place)
         where tc.oid = c.reltoastrelid) s),
       pg_catalog.pg_get_userbyid(c.relowner)::text
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attname = $3 and k.attnum > 0 and not k.attisdropped
where n.nspname = $1 and c.relname = $2
order by 1
