-- SEC-37 medium
-- title: Extensions and what is in them belong to nobody who logs in
-- how: Looks for extensions that belong to a login or a role that it can become, objects of extensions that do, and functions of
--   such roles that stand beside an extension's functions of the same name in its schema.
-- why: An owner may replace a function that everybody takes for the extension's. Scripts of extensions run as superuser and have been led
--   to objects made beforehand.
-- source: CVE-2022-2625; CVE-2020-14350; https://www.postgresql.org/docs/current/extend-extensions.html
, actor(role) as (
  select distinct x.role from acts_as x join pg_roles r on r.oid = x.role where not r.rolsuper
), member as (
  select d.classid, d.objid, e.extname, e.extowner, e.extnamespace
  from pg_extension e join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
)
select array[format('extension %I', e.extname)] as targets,
       format('the extension %I belongs to %I', e.extname, pg_get_userbyid(e.extowner)) as evidence,
       '-- DROP EXTENSION and CREATE EXTENSION as another role, or REASSIGN OWNED BY the login TO one that cannot log in.' as fix
from pg_extension e where e.extowner in (select role from actor)
union all
select array[f.oid::regprocedure::text],
       format('%s of the extension %I belongs to %I', f.oid::regprocedure, m.extname, pg_get_userbyid(f.proowner)),
       format('ALTER FUNCTION %s OWNER TO %I;', f.oid::regprocedure, pg_get_userbyid(m.extowner))
from member m join pg_proc f on m.classid = 'pg_proc'::regclass and f.oid = m.objid
where f.proowner in (select role from actor) and m.extowner not in (select role from actor)
union all
select array[c.oid::regclass::text],
       format('%s of the extension %I belongs to %I', c.oid::regclass, m.extname, pg_get_userbyid(c.relowner)),
       format('ALTER TABLE %s OWNER TO %I;', c.oid::regclass, pg_get_userbyid(m.extowner))
from member m join pg_class c on m.classid = 'pg_class'::regclass and c.oid = m.objid
where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relowner in (select role from actor) and m.extowner not in (select role from actor)
union all
select array[f.oid::regprocedure::text], format('%s of %I stands beside functions of that name of the extension %I', f.oid::regprocedure,
         pg_get_userbyid(f.proowner), min(m.extname)), format('DROP FUNCTION %s;', f.oid::regprocedure)
from member m join pg_proc g on m.classid = 'pg_proc'::regclass and g.oid = m.objid
join pg_proc f on f.proname = g.proname and f.pronamespace = g.pronamespace
where f.proowner in (select role from actor) and f.oid not in (select objid from member where classid = 'pg_proc'::regclass)
group by f.oid, f.proowner
order by 1
