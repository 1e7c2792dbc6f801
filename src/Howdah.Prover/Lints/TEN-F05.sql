-- TEN-F05 low
-- title: No policy calls a VOLATILE function for each row
-- how: Looks for functions marked VOLATILE, as every function is that does not say otherwise, that policies call outside a sub-select of
--   its own.
-- why: A VOLATILE function runs again for every row that is looked at, cannot be used to search an index, and may give another answer
--   for the next row of the same query.
-- source: https://www.postgresql.org/docs/current/xfunc-volatility.html
, call as (
  select p.polrelid, f.oid as fn, format('%I.%I[', n.nspname, f.proname) as name,
         f.prosrc ~* '\m(insert|update|delete|merge|nextval|set_config|create|lock)\M' as writes,
         case when quote_ident(c.relname) ~ '^\w+$' then '\m' else '' end
           || regexp_replace(quote_ident(c.relname), '(\W)', '\\\1', 'g') || '\.' as rel,
         concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) as text
  from pg_policy p join pg_class c on c.oid = p.polrelid
  join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  join pg_proc f on f.oid = d.refobjid and f.provolatile = 'v'
  join pg_namespace n on n.oid = f.pronamespace
), step(polrelid, fn, name, writes, rel, text, turn) as (
  select polrelid, fn, name, writes, rel, regexp_replace(text, '''(?:[^'']|'''')*''', '', 'g'), 0 from call
  union all
  -- From the inside out: a sub-select that does not name the policy's own table runs once and goes; all other parentheses become brackets.
  select polrelid, fn, name, writes, rel, regexp_replace(regexp_replace(regexp_replace(text, '\((?! SELECT )([^()]*)\)', '[\1]', 'g'),
         '\( SELECT (?:(?!' || rel || ')[^()])*\)', '', 'g'), '\( SELECT ([^()]*)\)', '[\1]', 'g'), turn + 1
  from step where text ~ '[()]' and turn < 60
)
select array[fn::regprocedure::text] as targets,
       format('%s is VOLATILE; policies of %s call it for each row', fn::regprocedure,
              string_agg(distinct polrelid::regclass::text, ', ')) as evidence,
       case when writes then '-- It writes: policies should not. Move the writing elsewhere and mark it STABLE.'
            else format('ALTER FUNCTION %s STABLE;', fn::regprocedure) end as fix
from step
where text !~ '[()]' and strpos(text, name) > 0
group by fn, writes
order by 1
