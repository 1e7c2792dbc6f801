-- SEC-29 high
-- title: No stored credentials for another server are everybody's
-- how: Looks for user mappings for PUBLIC, and for mappings and servers with password_required=false.
-- why: With a mapping for PUBLIC every role logs in elsewhere as the same one. Without a password of its own it logs in as the server's
--   operating system user, by peer or trust, often as a superuser.
-- source: https://www.postgresql.org/docs/current/postgres-fdw.html#POSTGRES-FDW-OPTIONS-CONNECTION-MANAGEMENT; CVE-2007-3278
, mapping as (
  select m.srvname, m.umuser, case when m.umuser = 0 then 'PUBLIC' else quote_ident(m.usename) end as whose,
         coalesce(m.umoptions && array['password_required=false', 'password_required=off', 'password_required=no',
                                       'password_required=0', 'password_required=f'], false) as bare
  from pg_user_mappings m
)
select array[format('%s on %I', whose, srvname)] as targets,
       format('%s on the server %I %s', whose, srvname,
              case when umuser = 0 then 'is one login for every role' else 'needs no password' end)
         as evidence,
       case when umuser = 0 then format('DROP USER MAPPING FOR PUBLIC SERVER %I;', srvname)
            else format('ALTER USER MAPPING FOR %s SERVER %I OPTIONS (SET password_required ''true'');', whose, srvname) end as fix
from mapping
where umuser = 0 or bare
order by 1
