-- TEN-D02 high
-- title: Foreign keys stay inside the tenant
-- how: Lists foreign keys between tables with a tenant column, on a table that a login may write, that do not point at the tenant's column
--   as well.
-- live: As each role, as tenant A, writes a row of its own that points at B's row; another outcome than without B's row is a break.
-- why: The checks of foreign keys see every row. An INSERT tells whether another tenant's row exists and then hangs on to it: it keeps it
--   from being deleted, or goes with it; ON DELETE CASCADE reaches from one tenant into the next.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html (referential integrity); reproduced on 15 and 18
, writable(relid, attnum) as materialized (
  -- Each once: there are as many grants as tables times logins.
  select distinct g.relid, g.attnum
  from granted g join tenant_table t on t.oid = g.relid join usable u on u.attacker = g.attacker and u.nspoid = t.nspoid
  where g.privilege in ('INSERT', 'UPDATE')
),
crossing as (
  select k.oid, k.conname, k.conrelid, k.confrelid, k.conkey, k.confkey, k.confupdtype, k.confdeltype, k.condeferrable, k.condeferred,
         t.name, t.attname, r.name as target, r.attname as target_attname, r.attnum as target_attnum,
         (select string_agg(quote_ident(a.attname), ', ' order by u.ord) from unnest(k.conkey) with ordinality u(n, ord)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n) as cols,
         (select string_agg(quote_ident(a.attname), ', ' order by u.ord) from unnest(k.confkey) with ordinality u(n, ord)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n) as target_cols
  from pg_constraint k join tenant_table t on t.oid = k.conrelid join tenant_table r on r.oid = k.confrelid
  where k.contype = 'f' and k.conparentid = 0 and r.rls and not r.attnum = any (k.confkey)
    and exists (select from writable w where w.relid = t.oid and (w.attnum = 0 or w.attnum = any (k.conkey)))
)
select array_agg(format('%s %I', c.name, c.conname) order by c.name, c.conname) as targets,
       format('%s without the tenant: %s', case count(*) when 1 then 'a foreign key' else count(*) || ' foreign keys' end,
              array_to_string((array_agg(format('%s (%s) to %s', c.name, c.cols, c.target) order by c.name, c.conname))[1:5], ', '))
         as evidence,
       concat_ws(E'\n',
         string_agg(distinct format('ALTER TABLE %s ADD UNIQUE (%I, %s);', c.target, c.target_attname, c.target_cols), E'\n')
           filter (where not exists (
             select from pg_index x where x.indrelid = c.confrelid and x.indisunique and x.indpred is null
               and x.indkey::int2[] @> (c.confkey || c.target_attnum) and x.indkey::int2[] <@ (c.confkey || c.target_attnum))),
         string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I; ALTER TABLE %1$s ADD CONSTRAINT %2$I FOREIGN KEY (%I, %s) '
                      'REFERENCES %s (%I, %s)', c.name, c.conname, c.attname, c.cols, c.target, c.target_attname, c.target_cols)
             || case c.confupdtype when 'c' then ' ON UPDATE CASCADE' when 'r' then ' ON UPDATE RESTRICT' else '' end
             || case c.confdeltype when 'c' then ' ON DELETE CASCADE' when 'r' then ' ON DELETE RESTRICT'
                  when 'n' then format(' ON DELETE SET NULL (%s)', c.cols)
                  when 'd' then format(' ON DELETE SET DEFAULT (%s)', c.cols) else '' end
             || case when c.condeferred then ' DEFERRABLE INITIALLY DEFERRED' when c.condeferrable then ' DEFERRABLE' else '' end || ';',
           E'\n' order by c.name, c.conname)) as fix
from crossing c
having count(*) > 0
