-- $1 text[] logins. The databases of this server that each is tried on: this one, those that its rights open (40), and 3 of the others,
-- those of this one's owner first; with how many there are of the kind, and who was granted what lets it in.
with login as (
  select r.oid, r.rolname::text as name from pg_catalog.pg_roles r
  where r.rolname::text = any ($1) and r.rolcanlogin and not r.rolsuper
), me as (
  select d.oid, d.datdba from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
), door as (
  select l.name as login, l.oid as role, d.oid, d.datname::text as name, d.datistemplate as template, d.oid = m.oid as here, e.acl,
         d.datdba as owner, d.datdba = m.datdba as near, pg_catalog.has_database_privilege(l.oid, d.oid, 'CONNECT') as may
  from login l cross join me m cross join pg_catalog.pg_database d
  cross join lateral (select coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) e(acl)
  where d.datallowconn
), placed as (
  select d.*, pg_catalog.count(*) over (partition by d.role, d.here, d.may) as many,
         pg_catalog.row_number() over (partition by d.role, d.here, d.may order by d.template, d.near desc, d.name collate "C") as place
  from door d
)
select p.login, p.name, p.here, p.template, p.may,
       exists (select from pg_catalog.aclexplode(p.acl) x where x.grantee = 0 and x.privilege_type = 'CONNECT'),
       (select pg_catalog.string_agg(distinct pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)), ', ')
        from pg_catalog.aclexplode(p.acl) x
        where x.grantee not in (0, p.owner) and x.privilege_type = 'CONNECT' and pg_catalog.pg_has_role(p.role, x.grantee, 'USAGE')),
       p.many
from placed p
where p.here or p.place <= case when p.may then 40 else 3 end
order by p.login collate "C", p.here desc, p.may desc, p.place
