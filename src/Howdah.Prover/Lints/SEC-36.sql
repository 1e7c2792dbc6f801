-- SEC-36 high
-- title: No trigger or rule of a tenant's table is left switched off
-- how: Looks on tables with a tenant column and in tenants' schemas for triggers, those of foreign keys too, and rules that are disabled or
--   fire on replicas only.
-- why: DISABLE TRIGGER ALL for a faster load, and nobody switched them on again: no audit, no check, foreign keys that hold nothing.
-- source: https://www.postgresql.org/docs/current/sql-altertable.html
, watched(oid) as (
  select oid from tenant_table
  union
  select c.oid from pg_class c join tenant_schema s on s.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'f')
), off(relid, name, kind) as (
  select g.tgrelid, g.tgname, 'TRIGGER' from pg_trigger g where g.tgenabled in ('D', 'R')
  union all
  select r.ev_class, r.rulename, 'RULE' from pg_rewrite r where r.ev_enabled in ('D', 'R') and r.rulename <> '_RETURN'
)
select array[o.relid::regclass::text] as targets,
       format('on %s switched off: %s', o.relid::regclass,
              string_agg(lower(o.kind) || ' ' || quote_ident(o.name), ', ' order by o.kind, o.name))
         as evidence,
       string_agg(format('ALTER TABLE %s ENABLE %s %I;', o.relid::regclass, o.kind, o.name), E'\n' order by o.kind, o.name) as fix
from off o join watched w on w.oid = o.relid
group by o.relid
order by 1
