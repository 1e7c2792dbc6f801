-- TEN-H01 high
-- title: No other tenant's database is open to every login
-- how: Takes for siblings the other databases of this one's owner, where that is no superuser, and asks whether PUBLIC may connect to them.
--   A missing access list counts as the default one, which lets everybody in. What another owner's databases hold cannot be seen here.
-- live: really logs in, with every --login (in `prove` the estate's own), to 40 databases of the same server that its rights open and to
--   3 others, and as logins of other databases to this one; a database with the same tables that lets it in by PUBLIC is a break. There it
--   looks for one row, and makes a temporary table and a table, rolled back; a row that is read makes it critical.
-- why: Every new database lets every login in and lets it make temporary tables, a copy of a closed template too: CREATE DATABASE copies
--   no access list. One tenant's login then opens another tenant's database.
-- source: https://www.postgresql.org/docs/current/ddl-priv.html; https://www.postgresql.org/docs/current/sql-createdatabase.html
, sibling as (
  select d.datname
  from pg_database me join pg_roles o on o.oid = me.datdba and not o.rolsuper
  join pg_database d on d.datdba = me.datdba and d.oid <> me.oid and d.datallowconn
  where me.datname = current_database()
    and exists (select from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                where a.grantee = 0 and a.privilege_type = 'CONNECT')
)
select array_agg(quote_ident(datname) order by datname) as targets,
       format('every login may connect to %s', array_to_string((array_agg(quote_ident(datname) order by datname))[1:5], ', ')
              || case when count(*) > 5 then format(' and %s more databases', count(*) - 5) else '' end) as evidence,
       string_agg(format('REVOKE ALL ON DATABASE %I FROM PUBLIC;', datname), E'\n' order by datname) as fix
from sibling
where exists (select from attacker)
having count(*) > 0
