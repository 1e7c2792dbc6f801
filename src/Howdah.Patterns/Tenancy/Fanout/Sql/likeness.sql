-- $1: schemas; $2: names of tenants' tables; $3: tenant column. search_path must be empty. A number for each schema: schemas with the same number
-- have the same structure to the last column of the catalogs (never the other way round: how a default was typed is in it on PostgreSQL 15 and
-- 16). It costs a tenth of what reading definitions costs, so only one of those that are alike need be read
select r.schema, coalesce(pg_catalog.sum(r.class + r.columns + r.constraints + r.indexes + r.options + r.triggers), 0)::text
from (
  select s.n as schema,
    pg_catalog.hash_record_extended(row(c.relname, case c.relkind when 'p' then 'r' else c.relkind end, c.relpersistence, c.relreplident,
      c.reloptions, c.relowner, pg_catalog.replace(c.relacl::text, s.n, '')), 1)::numeric as class,
    coalesce((select pg_catalog.sum(pg_catalog.hash_record_extended(row(c.relname, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
        a.attidentity, a.attgenerated, a.attcollation, case when a.atthasdef and a.attname <> $3 then (
          select case when pg_catalog.strpos(d.adbin::text, ':consttype 2205 ') > 0
            then pg_catalog.replace(pg_catalog.pg_get_expr(d.adbin, d.adrelid), s.n, '') else d.adbin::text end
          from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end), 2))
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), 0) as columns,
    coalesce((select pg_catalog.sum(pg_catalog.hash_record_extended(row(c.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated,
        case when not k.convalidated then pg_catalog.to_jsonb(k)->>'conenforced' end, k.conkey, k.confkey, k.confupdtype, k.confdeltype,
        k.confmatchtype, k.confdelsetcols, k.conpfeqop, k.conexclop, k.connoinherit, case when k.confrelid <> 0 then (
          select pg_catalog.concat_ws(' ', f.relname, nullif(f.relnamespace, c.relnamespace)::text) from pg_catalog.pg_class f
          where f.oid = k.confrelid) end, k.conbin::text), 3))
      from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0
        and k.conname <> 'howdah_tenant_only'), 0) as constraints,
    coalesce((select pg_catalog.sum(pg_catalog.hash_record_extended(row(c.relname, x.relname, i.indkey::int2[], i.indclass::oid[],
        i.indcollation::oid[], i.indoption::int2[], i.indisunique, i.indnullsnotdistinct, i.indisprimary, i.indisexclusion, i.indimmediate,
        i.indisvalid, i.indnkeyatts, i.indexprs::text, i.indpred::text, x.reloptions, x.relam), 4))
      from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid), 0) as indexes,
    -- options of index columns are rare: whether there is any is asked once
    case when exists (select from pg_catalog.pg_attribute a join pg_catalog.pg_index i on i.indexrelid = a.attrelid where a.attoptions is not null)
      then coalesce((select pg_catalog.sum(pg_catalog.hash_record_extended(row(c.relname, x.relname, a.attnum, a.attoptions), 5))
      from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid
      where i.indrelid = c.oid and a.attoptions is not null), 0) else 0 end as options,
    case when c.relhastriggers then coalesce((select pg_catalog.sum(pg_catalog.hash_record_extended(row(c.relname, g.tgname, g.tgfoid, g.tgtype,
        g.tgenabled, g.tgdeferrable, g.tginitdeferred, g.tgattr::int2[], g.tgargs, g.tgqual::text, g.tgoldtable, g.tgnewtable,
        (select f.relname from pg_catalog.pg_class f where f.oid = g.tgconstrrelid)), 6))
      from pg_catalog.pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal), 0) else 0 end as triggers
  from pg_catalog.unnest($1::text[]) s(n) cross join pg_catalog.unnest($2::text[]) t(n)
  -- by name, not by a join: with a thousand schemas that have the same tables, the server's guess of how many there are is far off
  left join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(s.n) || '.' || pg_catalog.quote_ident(t.n))::oid
) r
group by 1
order by 1
