-- TEN-B09 high
-- title: Every policy looks at the row
-- how: Looks for permissive policies that name no column of their table, are not constant, apply to a login with rights on the table, and
--   that no restrictive policy by the tenant's column holds. Constant ones: TEN-B18 and TEN-B20.
-- why: Such a policy lets in all rows or none, whatever tenant they are of: who meets its condition, perhaps by setting app.is_admin, reads
--   everything.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; pg_depend
, blind as (
  select p.* from policy p
  where p.permissive and p.cols = '{}' and coalesce(p.qual, p.checked)::text !~ '^\{CONST '
    and concat(p.qual::text, p.checked::text) !~ '\{VAR :varno 1 :varattno 0 '
)
select array_agg(distinct b.relid::regclass::text || ' ' || quote_ident(b.name)) as targets,
       format('policy %I of %s names no column: %s', b.name, string_agg(distinct b.relid::regclass::text, ', '),
              min(left(pg_get_expr(coalesce(b.qual, b.checked), b.relid), 200))) as evidence,
       string_agg(distinct coalesce((select m.floor from policy_cure m where m.policy = b.oid),
                                    format('DROP POLICY %I ON %s;', b.name, b.relid::regclass)), E'\n') as fix
from blind b
where exists (select from unheld u where u.policy = b.oid)
group by b.name
order by 1
