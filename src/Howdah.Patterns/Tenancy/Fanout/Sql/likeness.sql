-- $1: schemas; $2: names of tenants' tables; $3: tenant column. search_path must be empty. A number for each schema: schemas with the same number
-- have the same structure to the last column of the catalogs (never the other way round: how a default was typed is in it on PostgreSQL 15 and
-- 16). It costs a tenth of what reading definitions costs, so only one of those that are alike need be read. Joins and no subqueries for each
-- table, though they take no less work: these the server can share among parallel workers. Columns of indexes have options in no B-tree (403)
-- and no hash index (405): to look at them all would take as long as constraints do
select s.n, coalesce(l.number, 0)::text
from pg_catalog.unnest($1::text[]) s(n) left join (
  select p.schema, pg_catalog.sum(p.hash) as number
  from (
    select n.nspname as schema, pg_catalog.hash_record_extended(row(c.relname, case c.relkind when 'p' then 'r' else c.relkind end, c.relpersistence,
      c.relreplident, c.reloptions, c.relowner, c.relrowsecurity, c.relforcerowsecurity, pg_catalog.replace(c.relacl::text, n.nspname::text, '')), 1) as hash
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
    where n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity,
      a.attgenerated, a.attcollation, case when pg_catalog.strpos(d.adbin::text, ':consttype 2205 ') > 0
        then pg_catalog.replace(pg_catalog.pg_get_expr(d.adbin, d.adrelid), n.nspname::text, '') else d.adbin::text end), 2)
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attname <> $3
    where n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated,
      case when not k.convalidated then pg_catalog.to_jsonb(k)->>'conenforced' end, k.conkey, k.confkey, k.confupdtype, k.confdeltype, k.confmatchtype,
      k.confdelsetcols, k.conpfeqop, k.conexclop, k.connoinherit, f.relname, nullif(f.relnamespace, c.relnamespace), k.conbin::text), 3)
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
    join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0
      and k.conname <> 'howdah_tenant_only'
    left join pg_catalog.pg_class f on f.oid = k.confrelid
    where n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, x.relname, i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[],
      i.indoption::int2[], i.indisunique, i.indnullsnotdistinct, i.indisprimary, i.indisexclusion, i.indimmediate, i.indisvalid, i.indnkeyatts,
      i.indexprs::text, i.indpred::text, x.reloptions, x.relam), 4)
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
    join pg_catalog.pg_index i on i.indrelid = c.oid join pg_catalog.pg_class x on x.oid = i.indexrelid
    where n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, x.relname, a.attnum, a.attoptions), 5)
    from pg_catalog.pg_attribute a join pg_catalog.pg_index i on i.indexrelid = a.attrelid join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where a.attrelid = any (array(select o.oid from pg_catalog.pg_class o where o.relkind in ('i', 'I') and o.relam not in (403, 405)))
      and a.attoptions is not null and n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, g.tgname, g.tgfoid, g.tgtype, g.tgenabled, g.tgdeferrable, g.tginitdeferred,
      g.tgattr::int2[], g.tgargs, g.tgqual::text, g.tgoldtable, g.tgnewtable, f.relname), 6)
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
    join pg_catalog.pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal
    left join pg_catalog.pg_class f on f.oid = g.tgconstrrelid
    where n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, o.polname, o.polcmd, o.polpermissive, o.polqual::text, o.polwithcheck::text), 7)
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid join pg_catalog.pg_policy o on o.polrelid = c.oid
    where n.nspname = any ($1) and c.relname = any ($2)
    union all
    select n.nspname, pg_catalog.hash_record_extended(row(c.relname, w.rulename, w.ev_enabled, w.ev_type, w.is_instead, w.ev_qual::text,
      w.ev_action::text), 8)
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid join pg_catalog.pg_rewrite w on w.ev_class = c.oid
    where n.nspname = any ($1) and c.relname = any ($2)
  ) p
  group by 1
) l on l.schema = s.n
order by 1
