-- TEN-D01 medium
-- title: Keys do not tell of other tenants' values
-- how: Lists primary keys, unique indexes and exclusion constraints of protected tables without the tenant's column whose columns a login
--   may write. Keys with a uuid in them are left out: nobody can guess a random one.
-- live: As each role, as tenant A, writes a row of its own with B's value in the key, also ON CONFLICT DO NOTHING; another outcome than
--   without B's row is a break.
-- why: A unique index sees all rows. An INSERT that fails with 23505 tells that some other tenant has this e-mail, name or number; and who
--   takes a value first keeps all others from it.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html (covert channels); reproduced on 15 and 18
, writable(relid, attnum) as materialized (
  -- Each once: there are as many grants as tables times logins.
  select distinct g.relid, g.attnum
  from granted g join tenant_table t on t.oid = g.relid join usable u on u.attacker = g.attacker and u.nspoid = t.nspoid
  where g.privilege in ('INSERT', 'UPDATE')
),
key as (
  select t.oid, t.name, t.attname, x.indexrelid, x.indisexclusion, k.oid as constraint_oid, k.conname, k.contype, d.def,
         exists (select from pg_constraint f where f.contype = 'f' and f.conindid = x.indexrelid and f.conrelid <> 0) as referenced
  from tenant_table t join pg_index x on x.indrelid = t.oid and (x.indisunique or x.indisexclusion)
  join pg_class c on c.oid = x.indexrelid and not c.relispartition
  left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = t.oid and k.contype in ('p', 'u', 'x')
  cross join lateral (select pg_get_indexdef(x.indexrelid)) d(def)
  where t.rls and t.kind in ('r', 'p') and not t.attnum = any (x.indkey::int2[])
    and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = x.indexrelid and e.refobjid = t.oid
                    and e.refobjsubid = t.attnum)
    and not exists (select from pg_attribute a where a.attrelid = t.oid and a.attnum = any (x.indkey::int2[])
                    and a.atttypid = 'uuid'::regtype)
    and exists (select from writable w where w.relid = t.oid and (w.attnum = 0 or w.attnum = any (x.indkey::int2[])))
)
select array_agg(k.indexrelid::regclass::text order by k.indexrelid::regclass::text) as targets,
       format('%s without the tenant: %s', case count(*) when 1 then 'a key' else count(*) || ' keys' end,
              array_to_string((array_agg(format('%s %s', k.name, substring(k.def from 'USING \w+ (\(.*\))'))
                                         order by k.indexrelid::regclass::text))[1:5], ', ')) as evidence,
       string_agg(case
         when k.referenced then format('-- Foreign keys point at %s: see TEN-D02, then put %I into it.', k.indexrelid::regclass, k.attname)
         when k.contype = 'x' then format('-- Put %I WITH = into %I of %s.', k.attname, k.conname, k.name)
         when k.conname is not null then format('ALTER TABLE %s DROP CONSTRAINT %I; ALTER TABLE %1$s ADD CONSTRAINT %2$I %s;', k.name,
           k.conname,
           regexp_replace(pg_get_constraintdef(k.constraint_oid), '\(', '(' || replace(quote_ident(k.attname), '\', '\\') || ', '))
         else format('DROP INDEX %s; %s;', k.indexrelid::regclass,
           regexp_replace(k.def, '(USING \w+ \()', '\1' || replace(quote_ident(k.attname), '\', '\\') || ', ')) end,
         E'\n' order by k.indexrelid::regclass::text) as fix
from key k
having count(*) > 0
