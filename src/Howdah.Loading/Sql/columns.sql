-- $1 text: schema, $2 text: table. Columns in order; types of domains resolved down to their base.
with recursive columns as (
  select a.attnum, a.attname, a.atttypid as declared, a.atttypid as type, a.atttypmod as modifier, a.attnotnull as not_null,
    a.attgenerated <> '' as generated, pg_catalog.format_type(a.atttypid, a.atttypmod) as name
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f') and a.attnum > 0 and not a.attisdropped
), resolved as (
  select attnum, attname, declared, type, modifier, not_null, generated, name, 0 as depth from columns
  union all
  select r.attnum, r.attname, r.declared, t.typbasetype, case when t.typtypmod = -1 then r.modifier else t.typtypmod end,
    r.not_null or t.typnotnull, r.generated, r.name, r.depth + 1
  from resolved r join pg_catalog.pg_type t on t.oid = r.type and t.typtype = 'd'
)
select distinct on (r.attnum) r.attname::text, 
  case when t.typtype = 'e' then 'enum'
    when t.typnamespace = 'pg_catalog'::regnamespace or t.typname = 'citext' then t.typname::text else r.name end, r.name, r.modifier, r.not_null,
  r.generated,
  array(select e.enumlabel::text from pg_catalog.pg_enum e where e.enumtypid = r.type order by e.enumsortorder),
  pg_catalog.current_setting('server_encoding')
from resolved r join pg_catalog.pg_type t on t.oid = r.type
order by r.attnum, r.depth desc
