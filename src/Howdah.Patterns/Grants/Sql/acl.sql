-- $1: declared schemas; $2: declared parameters. Every object in those schemas (extension members left out), the database, the schemas, schema public,
-- the parameters; with who has what on it, NULL read as the built-in default. An object nobody but its owner has anything on gives one row of its own.
with thing(kind, schema, name, args, col, owner, acl) as (
  select 'Database', '', d.datname::text, '', '', d.datdba, coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))
  from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
  union all
  select 'Schema', '', n.nspname::text, '', '', n.nspowner, coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
  from pg_catalog.pg_namespace n where n.nspname = any($1) or n.nspname = 'public'
  union all
  select case c.relkind when 'S' then 'Sequence' else 'Table' end, n.nspname::text, c.relname::text, '', '', c.relowner,
         coalesce(c.relacl, pg_catalog.acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
  union all
  select 'Table', n.nspname::text, c.relname::text, '', a.attname::text, c.relowner, a.attacl
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1) and a.attacl is not null and not a.attisdropped
  union all
  select 'Function', n.nspname::text, p.proname::text,
         coalesce((select pg_catalog.string_agg(pg_catalog.format_type(t.oid, null), ', ' order by t.place)
                   from pg_catalog.unnest(p.proargtypes) with ordinality t(oid, place)), ''), '', p.proowner,
         coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname = any($1)
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'Type', n.nspname::text, t.typname::text, '', '', t.typowner, coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
  where n.nspname = any($1) and (t.typtype in ('d', 'e', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
  union all
  select 'Parameter', '', x.name, '', '', 10, p.paracl
  from pg_catalog.unnest($2) x(name) left join pg_catalog.pg_parameter_acl p on p.parname = x.name
)
select t.kind, t.schema, t.name, t.args, t.col, pg_catalog.pg_get_userbyid(t.owner),
       case x.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end,
       pg_catalog.lower(x.privilege_type), x.is_grantable, pg_catalog.pg_get_userbyid(x.grantor)
from thing t
left join lateral pg_catalog.aclexplode(t.acl) x on x.grantee <> t.owner
order by 1, 2, 3, 4, 5, 7, 8, 10
