-- TEN-B08 medium
-- title: No row belongs to nobody
-- how: Lists tables with row-level security whose tenant column may be NULL, unless policies mention NULL on purpose and let it be read
--   only: rows of everybody's that nobody may change.
-- why: A row without a tenant is invisible until a policy says IS NULL; then it is everybody's to change. Foreign keys with a NULL in them
--   are not checked and unique keys not kept.
-- source: https://www.postgresql.org/docs/current/ddl-constraints.html; reproduced on 15 and 18
, loose as (
  select t.oid, t.name, t.attname, t.atttypid, t.attnum, format('NULLTEST :arg {VAR :varno 1 :varattno %s ', t.attnum) as asks
  from tenant_table t
  where t.rls and not t.attnotnull and t.kind in ('r', 'p')
    and not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'c' and t.attnum = any (k.conkey)
                    and pg_get_constraintdef(k.oid) ~ 'IS NOT NULL')
    and not exists (select from pg_inherits i join tenant_table x on x.oid = i.inhparent where i.inhrelid = t.oid)
), meant as (
  select l.*, k.cmd
  from loose l cross join (values ('r'), ('a'), ('w'), ('d')) k(cmd)
  where exists (select from policy p where p.relid = l.oid and p.permissive and p.cmd in ('*', k.cmd)
                and strpos(concat(p.qual::text, p.checked::text), l.asks) > 0)
    and not exists (select from policy q where q.relid = l.oid and not q.permissive and q.cmd in ('*', k.cmd) and q.attnum = any (q.cols)
                    and strpos(concat(q.qual::text, q.checked::text), l.asks) = 0)
)
select array_agg(l.name order by l.name) as targets,
       format('%s may be NULL', string_agg(l.name || '.' || quote_ident(l.attname), ', ' order by l.name)) as evidence,
       string_agg(format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', l.name, l.attname), E'\n' order by l.name) as fix
from loose l
where not exists (select from meant m where m.oid = l.oid)
having count(*) > 0
union all
select array[m.name], format('policies let rows of %s without a tenant be written by everybody', m.name),
       coalesce((select string_agg(format('CREATE POLICY tenant_floor_%s ON %s AS RESTRICTIVE FOR %s %s (%s);', lower(k.word), m.name,
                   k.word, case k.cmd when 'a' then 'WITH CHECK' else 'USING' end, d.expr), E'\n' order by k.cmd)
                 from (values ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) k(cmd, word), model d
                 where d.attname = m.attname and d.atttypid = m.atttypid),
                '-- Let only policies FOR SELECT say IS NULL.')
from meant m
where m.cmd <> 'r'
group by m.oid, m.name, m.attname, m.atttypid
order by 1
