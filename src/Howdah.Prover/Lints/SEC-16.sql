-- SEC-16 critical
-- title: No side door leads a login to superuser
-- how: Asks for every login and role that it can become: an untrusted language made trusted; SET on parameters that switch protection off
--   or load code, ALTER SYSTEM on any; EXECUTE on functions that read or write the server's files.
-- why: Each of these is made for superusers and was opened with one GRANT: code or files as the server's user, triggers and foreign keys
--   switched off, a library loaded at the next login.
-- source: https://www.postgresql.org/docs/current/catalog-pg-parameter-acl.html;
--   https://www.postgresql.org/docs/current/functions-admin.html
, actor(name, role) as (
  select a.name, x.role from acts_as x join attacker a on a.oid = x.attacker join pg_roles r on r.oid = x.role where not r.rolsuper
), parameter as (
  select p.parname, x.privilege_type, x.grantee
  from pg_parameter_acl p cross join aclexplode(p.paracl) x
  where (x.grantee = 0 or x.grantee in (select role from actor))
    and (x.privilege_type = 'ALTER SYSTEM'
      or p.parname in ('session_replication_role', 'session_preload_libraries', 'local_preload_libraries', 'dynamic_library_path',
                       'extension_control_path', 'allow_system_table_mods', 'lo_compat_privileges', 'zero_damaged_pages', 'log_statement',
                       'ignore_checksum_failure', 'log_min_messages', 'log_min_error_statement', 'track_activities')
      or p.parname like 'pgaudit.%')
), file(oid, owner, acl) as (
  select f.oid, f.proowner, f.proacl
  from pg_proc f
  where f.proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export', 'pg_file_write',
                      'pg_file_unlink', 'pg_file_rename', 'pg_file_sync')
    and f.pronamespace = 'pg_catalog'::regnamespace and f.prolang in (select oid from pg_language where lanname in ('c', 'internal'))
), opened as (
  select f.oid, x.grantee from file f cross join aclexplode(coalesce(f.acl, acldefault('f', f.owner))) x
  where x.grantee <> f.owner and (x.grantee = 0 or x.grantee in (select role from actor))
)
select array[format('language %I', l.lanname)] as targets, format('the language %I, which can do all that the server can, is marked as '
         || 'trusted, and %s may write functions in it', l.lanname, string_agg(distinct quote_ident(a.name), ', ')) as evidence,
       format('UPDATE pg_catalog.pg_language SET lanpltrusted = false WHERE lanname = %L;', l.lanname) as fix
from pg_language l join actor a on has_language_privilege(a.role, l.oid, 'USAGE')
where l.lanpltrusted and (l.lanname in ('c', 'internal') or l.lanname ~ 'u$')
group by l.lanname
union all
select array[p.parname], format('%s on %s is granted to %s', p.privilege_type, p.parname,
         string_agg(case when p.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(p.grantee)) end, ', ')),
       format('REVOKE %s ON PARAMETER %s FROM %s;', p.privilege_type, p.parname,
         string_agg(case when p.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(p.grantee)) end, ', '))
from parameter p
where exists (select from attacker)
group by p.parname, p.privilege_type
union all
select array_agg(distinct o.oid::regprocedure::text),
       format('%s may read or write files of the server with %s', case when o.grantee = 0 then 'everybody' else
              quote_ident(pg_get_userbyid(o.grantee)) end, string_agg(distinct o.oid::regproc::text, ', ')),
       format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', string_agg(o.oid::regprocedure::text, ', '),
              case when o.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(o.grantee)) end)
from opened o
where exists (select from attacker)
group by o.grantee
order by 1
