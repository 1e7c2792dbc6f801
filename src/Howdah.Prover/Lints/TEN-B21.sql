-- TEN-B21 high
-- title: Policies compare the tenant as it is
-- how: Looks for policies that compare the tenant's column by LIKE, SIMILAR TO, a regular expression, or a function that finds a part.
-- why: The context is then a pattern: % or .* is every tenant, and tenant 1 is also tenant 10.
-- source: https://www.postgresql.org/docs/current/functions-matching.html; pgrls SEC026
, finding(pattern) as (
  select ':(opno|funcid) (' || string_agg(oid::text, '|') || ') '
  from (select oid from pg_operator where oprname in ('~~', '!~~', '~~*', '!~~*', '~', '!~', '~*', '!~*', '^@')
        union all
        select oid from pg_proc where proname in ('starts_with', 'strpos', 'position', 'regexp_like', 'regexp_match', 'similar_to_escape',
                                                  'left', 'substr', 'substring')) o
), fuzzy as (
  select p.oid, p.relid, p.name, e.expr
  from policy p join tenant_table t on t.oid = p.relid
  cross join lateral (select concat_ws(' ', pg_get_expr(p.qual, p.relid), pg_get_expr(p.checked, p.relid))) e(expr)
  cross join lateral (select regexp_replace(quote_ident(t.attname), '(\W)', '\\\1', 'g')) c(col)
  where p.attnum = any (p.cols) and concat(p.qual::text, p.checked::text) ~ (select pattern from finding)
    and (e.expr ~ ('(^|[^\w"])' || c.col || '\)?(::[\w ]+)?\)* (!?~~?\*?|\^@) ')
      or e.expr ~ ('(!?~~?\*?|\^@) \(*' || c.col || '(?!\w)')
      or e.expr ~* ('\m(starts_with|strpos|position|regexp_like|regexp_match|similar_to_escape|left|substr|substring)"?\([^,]*(^|\W)'
                    || c.col || '(?!\w)')
      or e.expr ~* ('\m(starts_with|strpos|position|regexp_like|regexp_match)"?\(.*, \(*' || c.col || '(?!\w)')
      or e.expr ~ ('~~?\*? [^=]*\|\| \(*' || c.col || '(?!\w)'))
)
select array[f.relid::regclass::text || ' ' || quote_ident(f.name)] as targets,
       format('policy %I of %s: %s', f.name, f.relid::regclass, left(f.expr, 200)) as evidence,
       coalesce((select m.altered from policy_cure m where m.policy = f.oid), '-- Compare with = instead.') as fix
from fuzzy f
order by 1
