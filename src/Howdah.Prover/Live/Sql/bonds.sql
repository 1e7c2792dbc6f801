-- $1 oid[] tables. Foreign keys among them, and their checks that call functions people made: table, name, columns, table pointed at
-- and its columns, whether triggers of people would run on an insert, and what makes the functions see no more than the caller.
select k.contype, k.conrelid, k.conname::text, k.conkey, k.confrelid, coalesce(k.confkey, '{}'),
       exists (select from pg_catalog.pg_trigger g where g.tgrelid = k.conrelid and not g.tgisinternal and g.tgenabled in ('O', 'A')),
       coalesce(f.cure, '')
from pg_catalog.pg_constraint k
cross join lateral (
  select pg_catalog.count(*) as called,
         pg_catalog.string_agg(pg_catalog.format('ALTER FUNCTION %s SECURITY INVOKER;', p.oid::pg_catalog.regprocedure), E'\n'
           order by p.oid) filter (where p.prosecdef) as cure
  from pg_catalog.pg_depend d join pg_catalog.pg_proc p on p.oid = d.refobjid
  where d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and d.objid = k.oid
    and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass and p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
) f
where k.conrelid = any ($1) and k.conkey is not null
  and (k.contype = 'f' and k.confrelid = any ($1) and k.conparentid = 0 or k.contype = 'c' and f.called > 0)
order by k.conrelid, k.conname collate "C"
