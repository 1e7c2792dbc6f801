-- $1, $2: schemas and names of tenants' tables. Whether leaves have a schema, tenants in rows, those of
-- them that lack a leaf of a table that is partitioned by tenant, whether migrations ever ran
with parent as (
  select c.oid
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
  join pg_catalog.pg_namespace n on n.nspname = t.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name and c.relkind = 'p'
), leaf as (
  select pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound, pg_catalog.count(*) as many
  from parent p join pg_catalog.pg_inherits i on i.inhparent = p.oid join pg_catalog.pg_class c on c.oid = i.inhrelid
  group by 1
)
select pg_catalog.to_regnamespace('howdah_leaves') is not null, pg_catalog.count(*),
       pg_catalog.count(*) filter (where coalesce(leaf.many, 0) < (select pg_catalog.count(*) from parent)),
       pg_catalog.to_regclass('howdah.migrations') is not null
from howdah.tenants t left join leaf on leaf.bound = pg_catalog.format('FOR VALUES IN (%L)', t.id)
where t.model = 'rows'
order by 1
