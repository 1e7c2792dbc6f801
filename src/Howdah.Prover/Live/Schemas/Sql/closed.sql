-- $1 oid[] attackers, $2 oid[] their own schemas (0: none), $3 oid[] tenants' schemas. For each attacker one relation of one schema that it
-- should be refused: to see the refusal.
with sample as materialized (
  select distinct on (c.relnamespace) c.relnamespace as nsp, n.nspname::text as schema, c.relname::text as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.oid = any ($3) and c.relkind in ('r', 'p')
  order by c.relnamespace, c.oid
)
select pg_catalog.pg_get_userbyid(a.attacker)::text, s.schema, s.name
from pg_catalog.unnest($1::oid[]) with ordinality as a(attacker, n)
join pg_catalog.unnest($2::oid[]) with ordinality as h(home, n) using (n)
cross join lateral (
  select m.schema, m.name from sample m
  where m.nsp <> h.home and not pg_catalog.has_schema_privilege(a.attacker, m.nsp, 'USAGE') order by m.nsp limit 1) s
order by 1
