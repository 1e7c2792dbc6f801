-- TEN-H04 medium
-- title: No login opens the databases of several tenants
-- how: Takes for siblings the other databases of this one's owner, where that is no superuser, whose names begin alike (up to the first
--   digit, underscore or hyphen); a break is a login of this database with a grant of its own, or of its roles, to connect to one.
-- live: really logs in as for TEN-H01; getting into a database with the same tables, whoever owns it and whatever it is called, by a
--   grant or as its owner, is a break.
-- why: One stolen password opens all of them, and one wrong connection string sends a tenant's rows to another without an error.
-- source: https://www.postgresql.org/docs/current/ddl-priv.html
, sibling as (
  select d.oid, d.datname, d.datdba, d.datacl
  from pg_database me join pg_roles o on o.oid = me.datdba and not o.rolsuper
  join pg_database d on d.datdba = me.datdba and d.oid <> me.oid and d.datallowconn and not d.datistemplate
    and substring(d.datname from '^[^0-9_-]+') = substring(me.datname from '^[^0-9_-]+')
  where me.datname = current_database()
    and not exists (select from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                    where a.grantee = 0 and a.privilege_type = 'CONNECT')
), opened as (
  select a.name, s.datname, string_agg(distinct quote_ident(pg_get_userbyid(x.grantee)), ', ') as whom
  from sibling s cross join aclexplode(s.datacl) x join acts_as b on b.role = x.grantee join attacker a on a.oid = b.attacker
  where x.privilege_type = 'CONNECT' and x.grantee <> s.datdba
    -- Who gets in here only because everybody does is at home there, not here.
    and exists (select from pg_database m cross join aclexplode(coalesce(m.datacl, acldefault('d', m.datdba))) y
                join acts_as c on c.attacker = a.oid and c.role = y.grantee
                where m.datname = current_database() and y.privilege_type = 'CONNECT')
  group by a.name, s.datname
)
select array[quote_ident(name)] as targets,
       format('%I may connect here and to %s', name, array_to_string((array_agg(quote_ident(datname) order by datname))[1:5], ', ')
              || case when count(*) > 5 then format(' and %s more databases', count(*) - 5) else '' end) as evidence,
       string_agg(format('REVOKE CONNECT ON DATABASE %I FROM %s;', datname, whom), E'\n' order by datname) as fix
from opened
group by name
order by 1
