-- TEN-D10 residual low
-- title: How long a look-up takes tells nothing of other tenants
-- how: Lists indexes of protected tables, not unique, that do not begin with the tenant's column: a look-up goes through other tenants' rows
--   before the policy takes them away.
-- why: The answer is empty, but it took longer: with such an index 27 µs for a value that nobody has, 30 µs for one row of another tenant,
--   96 µs for a thousand; with the tenant in front no difference was to be seen (docs/guide/prove.md). Whoever may ask often can tell.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html (covert channels); reproduced on 15 and 18
, slow as (
  select x.indexrelid::regclass::text as index, t.name, t.attname, pg_get_indexdef(x.indexrelid) as def
  from tenant_table t join pg_index x on x.indrelid = t.oid
  join pg_class c on c.oid = x.indexrelid and not c.relispartition
  where t.rls and t.kind in ('r', 'p') and x.indisvalid and not x.indisunique and not x.indisexclusion and x.indkey[0] <> t.attnum
    -- Where each tenant has a partition of its own, only that one is looked at.
    and not exists (select from pg_partitioned_table p where p.partrelid = t.oid and t.attnum = any (p.partattrs::int2[]))
    and t.oid in (select g.relid from granted g where g.privilege = 'SELECT')
)
select array_agg(s.index order by s.index) as targets,
       format('%s with the tenant not in front: %s', case count(*) when 1 then 'an index' else count(*) || ' indexes' end,
              array_to_string((array_agg(format('%s %s', s.name, substring(s.def from 'USING \w+ (\(.*\))')) order by s.index))[1:5], ', '))
         as evidence,
       format('-- Put the tenant''s column first (%s), or let no tenant send SQL of its own.', string_agg(distinct s.attname, ', ')) as fix
from slow s
having count(*) > 0
