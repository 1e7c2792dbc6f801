-- TEN-A02 critical
-- title: No login is a member of a role that owns tenants' tables
-- how: Follows the memberships of every login, by inheriting, by SET ROLE and by ADMIN OPTION, to the owners of tenants' tables and of
--   their schemas; one finding for each owner.
-- why: Who can act as the owner can switch row-level security off, drop the policies and read everything. FORCE does not help: the owner
--   may take it off again.
-- source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
, holding(role, what) as (
  select owner, name from tenant_table
  union
  select case when n.nspowner = 'pg_database_owner'::regrole then d.datdba else n.nspowner end, format('schema %I', n.nspname)
  from pg_namespace n join pg_database d on d.datname = current_database()
  where n.oid in (select nspoid from tenant_table)
), owner(oid, name, what) as (
  select r.oid, r.rolname::text, array_to_string((array_agg(h.what order by h.what))[1:3], ', ')
           || case when count(*) > 3 then format(' and %s more', count(*) - 3) else '' end
  from holding h join pg_roles r on r.oid = h.role
  where not r.rolsuper and not r.rolbypassrls
  group by r.oid, r.rolname
)
select array_agg(quote_ident(a.name) order by a.name) as targets,
       format('%s can become %I, who owns %s', string_agg(quote_ident(a.name), ', ' order by a.name), o.name, o.what) as evidence,
       (select string_agg(distinct format('REVOKE %I FROM %I%s;', o.name, pg_get_userbyid(m.member),
                 case when current_setting('server_version_num')::int >= 160000 then format(' GRANTED BY %I', pg_get_userbyid(m.grantor))
                      else '' end), E'\n')
        from pg_auth_members m join acts_as x on x.role = m.member where m.roleid = o.oid and x.attacker = any (array_agg(a.oid))) as fix
from owner o join acts_as b on b.role = o.oid and b.attacker <> o.oid join attacker a on a.oid = b.attacker
group by o.oid, o.name, o.what
order by 1
