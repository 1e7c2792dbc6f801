-- no parameters; what a rehearsed file can change: relations with their storage, columns, constraints; outside system schemas
select kind, oid, part, name, state
from (
  select 'relation' as kind, c.oid::bigint as oid, 0 as part, n.nspname || '.' || c.relname as name,
         c.relkind::text || ' ' || coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::text as state
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'howdah') and c.relkind in ('r', 'p', 'm')
  union all
  select 'index', i.indrelid::bigint, i.indexrelid::bigint::int, n.nspname || '.' || c.relname, i.indisvalid::text
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'howdah')
  union all
  select 'column', a.attrelid::bigint, a.attnum, n.nspname || '.' || c.relname || '.' || a.attname, a.attnotnull::text
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p')
    and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'howdah')
  union all
  select 'check', k.conrelid::bigint, k.oid::bigint::int, k.conname::text,
         k.contype::text || ' ' || k.convalidated::text || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
  from pg_catalog.pg_constraint k join pg_catalog.pg_namespace n on n.oid = k.connamespace
  where k.conrelid <> 0 and k.contype in ('c', 'f') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'howdah')
) s
order by kind, oid, part
