-- $1 oid[] attackers. Functions that lend their owner's rights to an attacker, outside extensions: name as a lint writes it, language,
-- volatility, whether it is a procedure, its text, types and names of what it takes, and who may call it. The search_path is empty.
select f.oid, f.oid::pg_catalog.regprocedure::text, n.nspname::text, f.proname::text, l.lanname::text, f.provolatile, f.prokind,
       coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), f.prosrc),
       array(select pg_catalog.format_type(a.type, null) from pg_catalog.unnest(f.proargtypes) with ordinality a(type, ord) order by a.ord),
       array(select coalesce(a.name, '') from rows from (pg_catalog.unnest(f.proargnames), pg_catalog.unnest(coalesce(f.proargmodes::text[],
               pg_catalog.array_fill('i'::text, array[coalesce(pg_catalog.cardinality(f.proargnames), 0)]))))
               with ordinality a(name, mode, ord)
             where a.mode in ('i', 'b', 'v') order by a.ord),
       r.roles
from pg_catalog.pg_proc f
join pg_catalog.pg_namespace n on n.oid = f.pronamespace
join pg_catalog.pg_language l on l.oid = f.prolang
cross join lateral (
  select pg_catalog.array_agg(a.oid order by a.rolname) as roles from pg_catalog.pg_roles a
  where a.oid = any ($1) and pg_catalog.has_function_privilege(a.oid, f.oid, 'EXECUTE')
    and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE') and not pg_catalog.pg_has_role(a.oid, f.proowner, 'MEMBER')
) r
where f.prosecdef and r.roles is not null and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and f.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
  and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = f.oid
                  and e.deptype = 'e')
order by n.nspname collate "C", f.proname collate "C", f.oid
