-- $1: the table. Its columns: name, type, whether it is computed, whether its type can be hashed, whether it is an identity
select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
       t.typtype in ('e', 'r', 'm') or exists (
         select from pg_catalog.pg_opclass o join pg_catalog.pg_am m on m.oid = o.opcmethod and m.amname = 'hash'
         where o.opcdefault and o.opcintype in (coalesce(nullif(t.typelem, 0), t.oid), case t.typname when 'varchar' then 25 end,
           case when t.typelem <> 0 then (select case e.typname when 'varchar' then 25 end from pg_catalog.pg_type e
             where e.oid = t.typelem) end)),
       a.attidentity <> ''
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t0 on t0.oid = a.atttypid
join pg_catalog.pg_type t on t.oid = case t0.typtype when 'd' then t0.typbasetype else t0.oid end
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
order by a.attnum
