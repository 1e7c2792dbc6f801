-- $1, $2: schemas to look at and the home schemas they stand for; $3, $4: home schemas and names of tenants' tables; $5: tenant column; $6: roles of
-- applications; $7: whether to tell each object; $8: those of the schemas in which policies keep tenants apart, and are not told. search_path must
-- be empty. Own names are written without a schema, so that equal structures give equal texts wherever they stand; a row per schema, or per object:
-- schema, object, hash or definition
with place as (
  select n.oid, n.nspname, p.home, pg_catalog.quote_ident(n.nspname) || '.' as own, pg_catalog.quote_ident(p.home) || '.' as homes
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) p(schema, home) join pg_catalog.pg_namespace n on n.nspname = p.schema
), rel as materialized (
  select p.nspname, p.own, p.homes, c.oid, c.relname, c.relkind, c.relpersistence, c.relreplident, c.reloptions, c.relacl, c.relowner, c.relnamespace,
         c.relrowsecurity, c.relforcerowsecurity
  from rows from (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[])) t(home, name)
  join place p on p.home = t.home
  -- by name, not by a join: with a thousand schemas that have the same tables, the server's guess of how many there are is far off
  join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(p.nspname) || '.' || pg_catalog.quote_ident(t.name))::oid
  where c.relkind in ('r', 'p')
), part as (
  select r.nspname, r.relname as object,
         pg_catalog.concat_ws(' ', case r.relkind when 'p' then 'r' else r.relkind end, r.relpersistence, r.relreplident, r.reloptions::text, pg_catalog.pg_get_userbyid(r.relowner)) as def
  from rel r
  union all
  select r.nspname, r.relname || ' column ' || a.attname,
         pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation,
           case when a.attname <> $5 and d.oid is not null then
             pg_catalog.replace(pg_catalog.replace(pg_catalog.pg_get_expr(d.adbin, d.adrelid), r.own, ''), r.homes, '') end)
  from rel r join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select r.nspname, r.relname || ' default from sequence ' || case when s.relnamespace = r.relnamespace then '' else n.nspname || '.' end || s.relname, ''
  from rel r join pg_catalog.pg_attrdef d on d.adrelid = r.oid
  join pg_catalog.pg_depend x on x.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and x.objid = d.oid and x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  join pg_catalog.pg_class s on s.oid = x.refobjid and s.relkind = 'S' join pg_catalog.pg_namespace n on n.oid = s.relnamespace
  union all
  select r.nspname, r.relname || ' constraint ' || k.conname,
         case when k.contype = 'f' and f.oid is null
           then pg_catalog.pg_get_constraintdef(k.oid) || k.convalidated::text
           else pg_catalog.replace(pg_catalog.replace(pg_catalog.pg_get_constraintdef(k.oid), r.own, ''), case k.contype when 'c' then r.homes else '' end, '')
             || k.convalidated::text end
  from rel r join pg_catalog.pg_constraint k on k.conrelid = r.oid and k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0 and k.conname <> 'howdah_tenant_only'
  left join rel f on f.oid = k.confrelid and f.nspname = r.nspname
  union all
  select r.nspname, r.relname || ' index ' || x.relname,
         pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '), r.own, ''), r.homes, '') || i.indisvalid::text
  from rel r join pg_catalog.pg_index i on i.indrelid = r.oid join pg_catalog.pg_class x on x.oid = i.indexrelid
  union all
  select r.nspname, r.relname || ' trigger ' || g.tgname,
         pg_catalog.replace(pg_catalog.replace(pg_catalog.pg_get_triggerdef(g.oid), r.own, ''), r.homes, '') || g.tgenabled::text
  from rel r join pg_catalog.pg_trigger g on g.tgrelid = r.oid and not g.tgisinternal
  union all
  select r.nspname, r.relname || ' rule ' || w.rulename,
         pg_catalog.replace(pg_catalog.replace(pg_catalog.pg_get_ruledef(w.oid), r.own, ''), r.homes, '') || w.ev_enabled::text
  from rel r join pg_catalog.pg_rewrite w on w.ev_class = r.oid
  union all
  select r.nspname, r.relname || ' row level security', case when r.relrowsecurity then 'on' else 'off' end
    || case when r.relforcerowsecurity then ', forced' else '' end
    || coalesce((select ', with the policies ' || pg_catalog.string_agg(o.polname, ', ' order by o.polname) from pg_catalog.pg_policy o
        where o.polrelid = r.oid), '')
  from rel r
  where r.nspname <> all ($8::text[]) and (r.relrowsecurity or r.relforcerowsecurity
    or exists (select from pg_catalog.pg_policy o where o.polrelid = r.oid))
  union all
  select r.nspname, r.relname || ' privileges', pg_catalog.string_agg(distinct x.privilege_type, ', ' order by x.privilege_type)
  from rel r, pg_catalog.aclexplode(r.relacl) x join pg_catalog.pg_roles g on g.oid = x.grantee
  where g.rolname = r.nspname or g.rolname = any ($6)
  group by r.nspname, r.relname
)
select p.nspname, case when $7 then p.object else '' end,
       case when $7 then pg_catalog.string_agg(p.def, '') else pg_catalog.md5(pg_catalog.string_agg(p.object || ' ' || p.def, E'\n' order by p.object collate "C")) end
from part p
group by 1, 2
order by 1, 2
