-- $1: a table. The statements that would make it again: columns, constraints, indexes; for people, and for who has lost its parent
select d.statement from (
  select 1 as place, '' as name, pg_catalog.format('CREATE TABLE %s (%s)', $1::regclass, string_agg(
    pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
    || case when c.collname is null or c.collname = 'default' then '' else pg_catalog.format(' COLLATE %I.%I', cn.nspname, c.collname) end
    || case when d.adbin is null then '' when a.attgenerated = 's'
         then pg_catalog.format(' GENERATED ALWAYS AS (%s) STORED', pg_catalog.pg_get_expr(d.adbin, d.adrelid))
         when a.attgenerated = 'v' then pg_catalog.format(' GENERATED ALWAYS AS (%s)', pg_catalog.pg_get_expr(d.adbin, d.adrelid))
         else pg_catalog.format(' DEFAULT %s', pg_catalog.pg_get_expr(d.adbin, d.adrelid)) end
    || case when a.attnotnull then ' NOT NULL' else '' end, ', ' order by a.attnum)) as statement
  from pg_catalog.pg_attribute a
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_catalog.pg_collation c on c.oid = a.attcollation
  left join pg_catalog.pg_namespace cn on cn.oid = c.collnamespace
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
  union all
  select 2, k.conname, pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s', $1::regclass, k.conname,
    pg_catalog.pg_get_constraintdef(k.oid))
  from pg_catalog.pg_constraint k where k.conrelid = $1::regclass and k.contype <> 'n'
  union all
  select 3, i.indexrelid::regclass::text, pg_catalog.pg_get_indexdef(i.indexrelid)
  from pg_catalog.pg_index i where i.indrelid = $1::regclass
    and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid)) d
order by d.place, d.name
