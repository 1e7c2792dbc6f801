-- $1: schemas of tenants' tables at home; $2: the tables' names; $3: the tenant column; $4: schemas of places, null or empty for the home
-- schemas themselves; search_path empty. A hash of the structure of each place, the same wherever it stands
with place as (
  select p.name as place, n.oid as space, t.ord, t.n as relname, t.s as home, c.oid as rel, c.reloptions, c.relreplident, c.relpersistence
  from (select '' as name where coalesce(pg_catalog.cardinality($4::text[]), 0) = 0 union all select pg_catalog.unnest($4::text[])) p
  cross join rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality t(s, n, ord)
  left join pg_catalog.pg_namespace n on n.nspname = case when p.name = '' then t.s else p.name end
  left join pg_catalog.pg_class c on c.relkind in ('r', 'p')
    and c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.n))::oid
), told as (
  select place, home, ord, 0 as kind, relname as what, case when rel is null then 'missing'
    else pg_catalog.concat_ws(' ', reloptions::text, relreplident::text, relpersistence::text) end as text from place
  union all
  select p.place, p.home, p.ord, 1, p.relname || '.' || pg_catalog.lpad((pg_catalog.row_number() over (partition by p.rel order by a.attnum))::text, 4, '0'),
         pg_catalog.concat_ws(' ', a.attname, yn.nspname, y.typname, a.atttypmod::text, a.attnotnull::text, a.attidentity::text, a.attgenerated::text,
           (select o.collname from pg_catalog.pg_collation o where o.oid = nullif(a.attcollation, y.typcollation)), a.attstorage::text, a.attcompression::text, case when a.attname <> $3 then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end)
  from place p join pg_catalog.pg_attribute a on a.attrelid = p.rel and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type y on y.oid = a.atttypid join pg_catalog.pg_namespace yn on yn.oid = y.typnamespace
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select p.place, p.home, p.ord, 2, p.relname || '.' || k.conname, pg_catalog.pg_get_constraintdef(k.oid)
  from place p join pg_catalog.pg_constraint k on k.conrelid = p.rel and k.contype in ('p', 'u', 'x', 'c', 'f') and k.conparentid = 0 and k.conname <> 'howdah_tenant_only'
  union all
  select p.place, p.home, p.ord, 3, p.relname || '.' || x.relname, pg_catalog.replace(pg_catalog.pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
    || case when i.indisvalid then '' else ' invalid' end
  from place p join pg_catalog.pg_index i on i.indrelid = p.rel join pg_catalog.pg_class x on x.oid = i.indexrelid
  where not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x'))
  union all
  select p.place, p.home, p.ord, 4, p.relname || '.' || g.tgname, g.tgenabled::text || pg_catalog.pg_get_triggerdef(g.oid)
  from place p join pg_catalog.pg_trigger g on g.tgrelid = p.rel and not g.tgisinternal
  union all
  select p.place, p.home, p.ord, 5, p.relname || '.' || s.stxname, pg_catalog.pg_get_statisticsobjdef(s.oid)
  from place p join pg_catalog.pg_statistic_ext s on s.stxrelid = p.rel
)
select place, pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', kind::text, what,
    case when place = '' then text else pg_catalog.replace(text, place || '.', pg_catalog.quote_ident(home) || '.') end), E'\n'
  order by ord, kind, what collate "C"))
from told group by place order by place
