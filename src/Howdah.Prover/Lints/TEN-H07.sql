-- TEN-H07 high
-- title: No login reaches other databases from inside this one
-- how: Lists foreign servers that a login, or a role that it can become, may use, wrappers with which it may make servers of its own, and
--   functions of dblink that open connections and that it may call.
-- live: goes, as each login and each role that it can become, by foreign servers that lead into another database of this very server:
--   reads one row of a foreign table, and runs SELECT 1 by dblink; an answer is a break. Servers elsewhere are not tried.
-- why: dblink and postgres_fdw log in somewhere else from the server's own address, where firewalls and pg_hba.conf are most trusting, and
--   carry rows out of one tenant's database into another.
-- source: https://www.postgresql.org/docs/current/dblink.html; https://www.postgresql.org/docs/current/postgres-fdw.html; CVE-2007-3278
, actor(name, role) as (
  select a.name, x.role from acts_as x join attacker a on a.oid = x.attacker join pg_roles r on r.oid = x.role where not r.rolsuper
), road(kind, oid, name, owner, acl, who) as (
  select 'FOREIGN SERVER', s.oid, quote_ident(s.srvname), s.srvowner, coalesce(s.srvacl, acldefault('S', s.srvowner)),
         (select string_agg(distinct quote_ident(a.name), ', ') from actor a where has_server_privilege(a.role, s.oid, 'USAGE'))
  from pg_foreign_server s
  union all
  select 'FOREIGN DATA WRAPPER', w.oid, quote_ident(w.fdwname), w.fdwowner, coalesce(w.fdwacl, acldefault('F', w.fdwowner)),
         (select string_agg(distinct quote_ident(a.name), ', ') from actor a
          where has_foreign_data_wrapper_privilege(a.role, w.oid, 'USAGE'))
  from pg_foreign_data_wrapper w
  union all
  select 'FUNCTION', f.oid, f.oid::regprocedure::text, f.proowner, coalesce(f.proacl, acldefault('f', f.proowner)),
         (select string_agg(distinct quote_ident(a.name), ', ') from actor a
          where has_function_privilege(a.role, f.oid, 'EXECUTE') and has_schema_privilege(a.role, f.pronamespace, 'USAGE'))
  from pg_extension e
  join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
  join pg_proc f on f.oid = d.objid
  where e.extname = 'dblink' and f.proname in ('dblink', 'dblink_connect', 'dblink_connect_u', 'dblink_exec')
), closed as (
  select r.kind, r.name, r.who,
         (select string_agg(distinct case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end, ', ')
          from aclexplode(r.acl) x where x.grantee <> r.owner and (x.grantee = 0 or x.grantee in (select role from actor))) as whom
  from road r where r.who is not null
)
select array_agg(name order by name) as targets,
       format('%s may use the %s %s', min(who), lower(replace(kind, 'FUNCTION', 'functions of dblink, among them')), min(name)) as evidence,
       coalesce(string_agg(format('REVOKE ALL ON %s %s FROM %s;', kind, name, whom), E'\n' order by name),
                '-- A login owns it: give it to a role that cannot log in.') as fix
from closed
group by kind, case when kind = 'FUNCTION' then '' else name end
order by 1
