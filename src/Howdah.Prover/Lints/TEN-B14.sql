-- TEN-B14 medium
-- title: No tenant is written into a policy
-- how: Looks for policies that compare the tenant's column with a literal, other than the empty text; policies for named roles that each
--   have a literal of their own are left out: there the role is the tenant.
-- why: A literal is a tenant of a test, or a tenant with privileges: its rows are open to every other, or it sees theirs.
-- source: https://www.postgresql.org/docs/current/sql-createpolicy.html; pgrls SEC021
, literal as (
  select p.oid, p.relid, p.name, p.roles, e.expr
  from policy p join tenant_table t on t.oid = p.relid
  cross join lateral (select concat_ws(' ', pg_get_expr(p.qual, p.relid), pg_get_expr(p.checked, p.relid))) e(expr)
  cross join lateral (select regexp_replace(quote_ident(t.attname), '(\W)', '\\\1', 'g')) c(col)
  where p.attnum = any (p.cols)
    and concat(p.qual::text, p.checked::text) ~ ('\{VAR :varno 1 [^{}]*\}( [^{}]*\})? \{(CONST|ARRAY|COERCE|RELABEL)'
                                                 '|\{CONST [^{}]*\}( [^{}]*\})? \{(RELABELTYPE :arg \{)?VAR :varno 1 ')
    and (e.expr ~ ('(^|[^\w"])' || c.col || '\)?(::[\w ]+)?\)? (=|= ANY) \(*(ARRAY\[)?\(*(''[^'']+''|-?\d+)(?!'')(?!(::[\w ]+)? \|\|)')
      or e.expr ~ ('(''[^'']+''|\m\d+)(::[\w ]+)?\)* = \(*' || c.col || '(?!\w)'))
)
select array[l.relid::regclass::text || ' ' || quote_ident(l.name)] as targets,
       format('policy %I of %s: %s', l.name, l.relid::regclass, left(l.expr, 200)) as evidence,
       coalesce((select m.altered from policy_cure m where m.policy = l.oid), '-- Write the policy without the literal.') as fix
from literal l
where 0 = any (l.roles) or not exists (select from literal o where o.relid = l.relid and o.oid <> l.oid and not o.roles && l.roles)
order by 1
