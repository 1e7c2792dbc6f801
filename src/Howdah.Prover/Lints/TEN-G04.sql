-- TEN-G04 low
-- title: No two tenants' schemas can be taken for one another by their names
-- how: Looks for tenants' schemas whose names differ from another schema's only in case, and for names of 63 bytes, the most that fits.
-- why: A name without quotes is folded to lower case and a longer one is cut, with no more than a notice. Two customers then get one
--   schema, or one customer's query goes to the other's.
-- source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS; django-tenants 1162
select array_agg(format('%I', u.name) order by u.name) as targets,
       format('%s are the same name once it is folded', string_agg(format('%I', u.name), ' and ' order by u.name)) as evidence,
       '-- Rename to opaque names of one length in lower case: ALTER SCHEMA … RENAME TO …; and everything that calls it so.' as fix
from user_schema u
group by lower(u.name)
having count(*) > 1 and bool_or(u.oid in (select oid from tenant_schema))
union all
select array_agg(format('%I', t.name) order by t.name), format('%s as long as a name can be; it may have been cut',
         case count(*) when 1 then 'a name is' else count(*) || ' names are' end),
       '-- Rename to opaque names of one length in lower case: ALTER SCHEMA … RENAME TO …; and everything that calls it so.'
from tenant_schema t
where octet_length(t.name) >= 63
having count(*) > 0
order by 1
