-- TEN-G08 high
-- title: No login reaches into the schemas of two tenants
-- how: Counts for every login, with every role it can become, the tenants' schemas that it may use and in which it may read or write a
--   table.
-- why: search_path only says what a short name means. Whoever may use both schemas reads the other tenant by writing its name, and so does
--   a forgotten or wrong SET search_path.
-- source: https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV
, actor(attacker, role) as (
  select x.attacker, x.role from acts_as x join pg_roles r on r.oid = x.role where not r.rolsuper
), open as materialized (
  select u.role, s.oid, s.name
  from (select distinct role from actor) u cross join tenant_schema s
  where has_schema_privilege(u.role, s.oid, 'USAGE')
    and exists (select from pg_class c where c.relnamespace = s.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
                and (has_table_privilege(u.role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                  or has_any_column_privilege(u.role, c.oid, 'SELECT, INSERT, UPDATE')))
), reach as materialized (
  select distinct u.attacker, o.oid, o.name from actor u join open o on o.role = u.role
), many as (
  select attacker from reach group by attacker having count(*) > 1
), -- A schema that is all that another login reaches is that one's home and can be taken from this one.
home as (
  select r.oid, count(*) from reach r where r.attacker not in (select attacker from many) group by r.oid
), taken as (
  select m.attacker, r.oid, r.name, h.oid is not null as foreign_home,
         (select string_agg(distinct case when a.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)) end, ', ')
          from pg_namespace n cross join aclexplode(n.nspacl) a
          where n.oid = r.oid and a.privilege_type = 'USAGE' and a.grantee <> n.nspowner
            and (a.grantee = 0 or a.grantee in (select u.role from actor u where u.attacker = m.attacker))) as whom,
         -- Roles that can be left, because they are what leads into the other's home.
         (select string_agg(distinct format('REVOKE %I FROM %I;', pg_get_userbyid(am.roleid), pg_get_userbyid(m.attacker)), ' ')
          from pg_auth_members am join open o on o.role = am.roleid and o.oid = r.oid where am.member = m.attacker) as leave
  from many m join reach r on r.attacker = m.attacker left join home h on h.oid = r.oid
)
select array[quote_ident(pg_get_userbyid(attacker))] as targets,
       format('%I may use tables in %s schemas of tenants: %s', pg_get_userbyid(attacker), count(*),
              string_agg(quote_ident(name), ', ' order by name)) as evidence,
       case when count(*) filter (where not foreign_home) = 1 and bool_and(not foreign_home or leave is not null or whom is not null)
            then string_agg(coalesce(leave, format('REVOKE USAGE ON SCHEMA %I FROM %s;', name, whom)), E'\n' order by name)
                   filter (where foreign_home)
            else '-- One login for each tenant''s schema; revoke USAGE on all others from it and its roles.' end
         as fix
from taken
group by attacker
order by 1
