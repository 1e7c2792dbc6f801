-- TEN-F08 medium
-- title: Policies read the tenant once in a statement
-- how: Looks for policies that call current_setting, or a function without arguments that calls it, outside a sub-select that could be
--   computed once.
-- why: Outside a sub-select the setting is read again for every row. A statement that calls set_config among its columns then changes
--   tenants on the way and brings home the rows of several, and so does a cursor. It is also slower.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; Supabase Splinter 0003; reproduced on 15 and 18
, helper as (
  select d.objid as policy, string_agg(regexp_replace(format('%I.%I()', n.nspname, f.proname), '(\W)', '\\\1', 'g'), '|') as pattern
  from pg_depend d join pg_proc f on f.oid = d.refobjid join pg_namespace n on n.oid = f.pronamespace
  where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass and f.pronargs = 0 and f.prosrc ~* '\mcurrent_setting\M'
  group by d.objid
), reader as materialized (
  select p.oid, p.polname, p.polrelid, pg_get_expr(p.polqual, p.polrelid) as qual, pg_get_expr(p.polwithcheck, p.polrelid) as checked,
         '(?:current_setting\(''[^'']*''::text(?:, (?:true|false))?\)' || coalesce('|' || h.pattern, '') || ')' as pattern
  from pg_policy p left join helper h on h.policy = p.oid
  where h.policy is not null or strpos(p.polqual::text, ':funcid 3294 ') > 0 or strpos(p.polqual::text, ':funcid 2077 ') > 0
    or strpos(p.polwithcheck::text, ':funcid 3294 ') > 0 or strpos(p.polwithcheck::text, ':funcid 2077 ') > 0
), shape as materialized (
  -- Many tables have the same policy: each text is looked at once, where it names its table in a sub-select once for each table.
  select array_agg(r.oid) as policies, concat_ws(' ', r.qual, r.checked) as text, r.pattern, n.rel, row_number() over () as key
  from reader r
  cross join lateral (select case when strpos(concat(r.qual, r.checked), ' SELECT ') > 0 and concat(r.qual, r.checked) ~ '\w"?\.["\w]'
    then (select quote_ident(c.relname) from pg_class c where c.oid = r.polrelid) else '.' end) n(rel)
  group by 2, 3, 4
), step(key, rel, text, turn) as (
  select key, case when rel ~ '^\w+$' then '\m' else '' end || regexp_replace(rel, '(\W)', '\\\1', 'g') || '\.',
         regexp_replace(regexp_replace(text, pattern, '#', 'g'), '''(?:[^'']|'''')*''|::[\w".]+', '', 'g'), 0
  from shape
  union all
  -- From the inside out: a sub-select that does not name the policy's own table runs once and goes; all other parentheses become brackets.
  select key, rel, regexp_replace(regexp_replace(regexp_replace(text, '\((?! SELECT )([^()]*)\)', '[\1]', 'g'),
         '\( SELECT (?:(?!' || rel || ')[^()])*\)', '', 'g'), '\( SELECT ([^()]*)\)', '[\1]', 'g'), turn + 1
  from step where text ~ '[()]' and turn < 60
), open as (
  select * from reader
  where oid in (select unnest(s.policies) from shape s join step t on t.key = s.key where t.text !~ '[()]' and strpos(t.text, '#') > 0)
)
select array_agg(distinct polrelid::regclass::text) as targets,
       format('%s policies read the tenant for each row', count(*)) as evidence,
       string_agg(format('ALTER POLICY %I ON %s%s%s;', polname, polrelid::regclass,
           ' USING (' || regexp_replace(qual, pattern, '( SELECT \&)', 'g') || ')',
           ' WITH CHECK (' || regexp_replace(checked, pattern, '( SELECT \&)', 'g') || ')'), E'\n' order by polrelid, polname) as fix
from open
having count(*) > 0
