-- no parameters; the tables of loads and who may do what with them: kind, name, role, privilege
select kind, name, role, privilege
from (
  select 'table' as kind, c.relname::text as name, '' as role, '' as privilege
  from pg_catalog.pg_class c
  where c.relnamespace = pg_catalog.to_regnamespace('howdah') and c.relname in ('load_batch', 'quarantine', 'load_run') and c.relkind = 'r'
  union all
  select 'index', c.relname::text, '', ''
  from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid
  where c.relnamespace = pg_catalog.to_regnamespace('howdah') and c.relname = 'load_batch_once' and i.indisunique and i.indisvalid
  union all
  select 'grant', c.relname::text, case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end,
         pg_catalog.lower(a.privilege_type)
  from pg_catalog.pg_class c cross join lateral pg_catalog.aclexplode(c.relacl) a
  where c.relnamespace = pg_catalog.to_regnamespace('howdah') and c.relname in ('load_batch', 'quarantine') and a.grantee <> c.relowner
  union all
  select 'column', c.relname::text, case a.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee)::text end,
         pg_catalog.lower(a.privilege_type) || '.' || t.attname
  from pg_catalog.pg_class c join pg_catalog.pg_attribute t on t.attrelid = c.oid cross join lateral pg_catalog.aclexplode(t.attacl) a
  where c.relnamespace = pg_catalog.to_regnamespace('howdah') and c.relname in ('load_batch', 'quarantine') and a.grantee <> c.relowner
  union all
  select 'usage', n.nspname::text, pg_catalog.pg_get_userbyid(a.grantee)::text, 'usage'
  from pg_catalog.pg_namespace n cross join lateral pg_catalog.aclexplode(n.nspacl) a
  where n.nspname = 'howdah' and a.privilege_type = 'USAGE' and a.grantee <> n.nspowner and a.grantee <> 0
) s
order by kind, name, role, privilege
