-- $1: schemas of tenants' and shared tables; $2: roles of applications; $3, $4: schemas and names of shared tables. What the tables lean on.
-- Qualified (search_path empty): statements that make it in another database, by phase. 90: what tenants' roles may use of it, lacking the
-- role. 0: what cannot be made elsewhere; 1: what cannot serve tenants' schemas
with space as (
  select n.oid, n.nspname from pg_catalog.pg_namespace n where n.nspname = any ($1)
), fn as (
  select p.oid, p.oid::pg_catalog.regprocedure::text as name, p.prosrc, p.proconfig, p.prokind, p.prosqlbody is not null as parsed, n.nspname, p.proacl, p.proowner
  from pg_catalog.pg_proc p join space n on n.oid = p.pronamespace
  where not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = p.oid and e.deptype = 'e')
), typ as (
  select y.oid, y.typtype, pg_catalog.format('%I.%I', n.nspname, y.typname) as name, y.typbasetype, y.typtypmod, y.typnotnull, y.typdefault, y.typacl, y.typowner
  from pg_catalog.pg_type y join space n on n.oid = y.typnamespace
  where y.typtype in ('e', 'd', 'r', 'c') and not exists (select from pg_catalog.pg_class c where c.oid = y.typrelid and c.relkind <> 'c')
    and not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and e.objid = y.oid and e.deptype = 'e')
)
select phase, ddl from (
  select 0 as phase, 0::oid as ord, name as sub, pg_catalog.format('the type %s is neither an enum nor a domain', name) as ddl
  from typ where typtype in ('r', 'c')
  union all
  select 0, oid, name, pg_catalog.format('%s is an aggregate', name) from fn where prokind = 'a'
  union all
  select 1, fn.oid, fn.name, pg_catalog.format('the function %s %s', fn.name, case when fn.parsed then 'is bound to tables of its schema'
    else pg_catalog.format('names the schema %I', s.nspname) end)
  from fn join space s on fn.prosrc ~ ('\m' || s.nspname || '\.') or coalesce(fn.proconfig::text, '') ~ ('\m' || s.nspname || '\M')
    or fn.parsed and exists (select from pg_catalog.pg_depend d join pg_catalog.pg_class c on c.oid = d.refobjid and c.relnamespace = s.oid
      where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = fn.oid and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
  union all
  select 10, e.oid, e.extname, pg_catalog.format('create extension if not exists %I with schema %I version %L', e.extname, n.nspname, e.extversion)
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname <> 'plpgsql'
  union all
  select 20, y.oid, y.name, pg_catalog.format('create type %s as enum (%s)', y.name,
    (select pg_catalog.string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' order by l.enumsortorder) from pg_catalog.pg_enum l where l.enumtypid = y.oid))
  from typ y where y.typtype = 'e'
  union all
  select 20, y.oid, y.name, pg_catalog.format('create domain %s as %s%s%s%s', y.name, pg_catalog.format_type(y.typbasetype, y.typtypmod),
    case when y.typdefault is not null then ' default ' || y.typdefault else '' end,
    case when y.typnotnull then ' not null' else '' end,
    (select pg_catalog.string_agg(pg_catalog.format(' constraint %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)), '' order by k.conname)
     from pg_catalog.pg_constraint k where k.contypid = y.oid and k.contype = 'c'))
  from typ y where y.typtype = 'd'
  union all
  select 30, fn.oid, fn.name, pg_catalog.pg_get_functiondef(fn.oid) from fn where prokind <> 'a' and not parsed
  union all
  -- parsed bodies are bound at once: after the tables
  select 75, fn.oid, fn.name, pg_catalog.pg_get_functiondef(fn.oid) from fn where prokind <> 'a' and parsed
  union all
  select 89, oid, name, pg_catalog.format('revoke all on function %s from public', name) from fn where prokind in ('f', 'p', 'w')
    and not exists (select from pg_catalog.aclexplode(coalesce(proacl, pg_catalog.acldefault('f', proowner))) x where x.grantee = 0)
  union all
  select 90, oid, name, pg_catalog.format('grant execute on function %s to', name) from fn
  where prokind in ('f', 'w') and exists (select from pg_catalog.unnest($2::text[]) r where pg_catalog.has_function_privilege(r, fn.oid, 'EXECUTE'))
  union all
  select 90, oid, name, pg_catalog.format('grant usage on type %s to', name) from typ
  where exists (select from pg_catalog.unnest($2::text[]) r where pg_catalog.has_type_privilege(r, typ.oid, 'USAGE'))
  union all
  select 90, n.oid, n.nspname, pg_catalog.format('grant usage on schema %I to', n.nspname) from space n
  union all
  select 91, c.oid, c.relname, pg_catalog.format('grant select on %I.%I to', n.nspname, c.relname)
  from rows from (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[])) t(s, n)
  join pg_catalog.pg_namespace n on n.nspname = t.s join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.n
) s
where ddl is not null
order by phase, ord, sub collate "C", ddl collate "C"
