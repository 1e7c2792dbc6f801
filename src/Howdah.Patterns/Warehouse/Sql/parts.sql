-- $1: the warehouse's schema. Every part of it that is there: its kind and name, and what the catalogs say of it
select part, seen
from (
  select 'schema ' || n.nspname as part, pg_catalog.pg_get_userbyid(n.nspowner)::text as seen
  from pg_catalog.pg_namespace n where n.nspname = $1
  union all
  select 'grant schema ' || n.nspname,
         coalesce((select pg_catalog.string_agg(x.who || '=' || x.what, ', ' order by x.who collate "C")
           from (select case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end as who,
                        pg_catalog.string_agg(pg_catalog.lower(a.privilege_type), '+' order by a.privilege_type) as what
                 from pg_catalog.aclexplode(n.nspacl) a where a.grantee <> n.nspowner group by a.grantee) x), '')
  from pg_catalog.pg_namespace n where n.nspname = $1
  union all
  select 'extension ' || e.extname, '' from pg_catalog.pg_extension e
  union all
  select 'table ' || $1 || '.' || c.relname, c.relkind::text || ' ' || pg_catalog.pg_get_userbyid(c.relowner)
  from pg_catalog.pg_class c
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and c.relkind in ('r', 'p')
  union all
  select 'column ' || $1 || '.' || c.relname || '.' || a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
  from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and c.relkind in ('r', 'p') and not c.relispartition
  union all
  select 'constraint ' || $1 || '.' || c.relname || '.' || k.conname, case when k.convalidated then 'valid' else 'not valid' end
  from pg_catalog.pg_class c join pg_catalog.pg_constraint k on k.conrelid = c.oid
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and not c.relispartition
  union all
  select 'index ' || $1 || '.' || c.relname, case when i.indisvalid then 'valid' else 'invalid' end
  from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and not c.relispartition
  union all
  select 'statistics ' || $1 || '.' || s.stxname, ''
  from pg_catalog.pg_statistic_ext s where s.stxnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
  union all
  select 'comment ' || $1 || '.' || c.relname || coalesce('.' || a.attname, ''), d.description
  from pg_catalog.pg_description d
  join pg_catalog.pg_class c on c.oid = d.objoid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
  union all
  select 'view ' || $1 || '.' || c.relname, pg_catalog.pg_get_viewdef(c.oid)
  from pg_catalog.pg_class c
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and c.relkind = 'v'
  union all
  select 'function ' || $1 || '.' || p.proname, case when p.prosecdef then 'definer ' else 'invoker ' end || p.prosrc
  from pg_catalog.pg_proc p
  where p.pronamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'trigger ' || $1 || '.' || c.relname || '.' || t.tgname, n.nspname || '.' || p.proname || ' ' || t.tgenabled::text
  from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
  join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and not t.tgisinternal
  union all
  select 'grant ' || k.kind || ' ' || $1 || '.' || k.name,
         coalesce((select pg_catalog.string_agg(x.who || '=' || x.what, ', ' order by x.who collate "C")
           from (select case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end as who,
                        pg_catalog.string_agg(pg_catalog.lower(a.privilege_type), '+' order by a.privilege_type) as what
                 from pg_catalog.aclexplode(k.acl) a where a.grantee <> k.owner group by a.grantee) x), '')
  from (
    select case c.relkind when 'v' then 'view' else 'table' end as kind, c.relname::text as name, c.relacl as acl, c.relowner as owner
    from pg_catalog.pg_class c
    where c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) and c.relkind in ('r', 'p', 'v')
    union all
    select case p.prokind when 'p' then 'procedure' else 'function' end, p.proname::text,
           coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)), p.proowner
    from pg_catalog.pg_proc p
    where p.pronamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1))
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  ) k
) s
order by part collate "C"
