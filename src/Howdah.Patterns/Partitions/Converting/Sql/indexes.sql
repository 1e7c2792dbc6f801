-- $1: the table, $2: the column to partition by. Its indexes: name, kind of constraint (p, u, empty), what follows ON TABLE (of a
-- constraint: its definition, for the primary key with the column in it), uniqueness, tablespace, comments, whether it is the replica
-- identity
select x.relname::text, coalesce(k.contype::text, ''),
       case when k.contype = 'p' then
         'primary key (' || (select string_agg(pg_catalog.quote_ident(a.attname), ', ' order by u.place)
           from unnest(i.indkey::int2[]) with ordinality u (attnum, place)
           join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum)
           || case when exists (select from unnest(i.indkey::int2[]) u (attnum) join pg_catalog.pg_attribute a
                on a.attrelid = i.indrelid and a.attnum = u.attnum and a.attname = $2) then '' else ', ' || pg_catalog.quote_ident($2) end
           || ')' || coalesce(' with (' || array_to_string(x.reloptions, ', ') || ')', '')
           || case when k.condeferrable then ' deferrable' else '' end || case when k.condeferred then ' initially deferred' else '' end
         when k.contype = 'u' then pg_catalog.pg_get_constraintdef(k.oid)
         else substr(pg_catalog.pg_get_indexdef(i.indexrelid), strpos(pg_catalog.pg_get_indexdef(i.indexrelid),
           pg_catalog.format(' ON %I.%I USING ', n.nspname, c.relname)) + length(pg_catalog.format(' ON %I.%I ', n.nspname, c.relname)))
       end,
       i.indisunique, (select t.spcname::text from pg_catalog.pg_tablespace t where t.oid = x.reltablespace),
       pg_catalog.obj_description(x.oid, 'pg_class'), pg_catalog.obj_description(k.oid, 'pg_constraint'), i.indisreplident
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class x on x.oid = i.indexrelid
left join pg_catalog.pg_constraint k on k.conindid = i.indexrelid and k.conrelid = c.oid and k.contype in ('p', 'u')
where i.indrelid = $1
order by k.contype is distinct from 'p', x.relname
