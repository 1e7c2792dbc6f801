-- no parameters; what migrations stand on: schemas with owners, extensions with schemas, and whether the floor can be lifted
select kind, name, owner
from (
  select 'schema' as kind, n.nspname::text as name, pg_catalog.pg_get_userbyid(n.nspowner)::text as owner
  from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'howdah', 'public')
  union all
  select 'extension', e.extname::text, n.nspname::text
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname <> 'plpgsql'
  union all
  select 'floor', '', '' where pg_catalog.to_regprocedure('howdah.lift_floor()') is not null
) s
order by kind, name, owner
