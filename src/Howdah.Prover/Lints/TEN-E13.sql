-- TEN-E13 high
-- title: No session is born with a tenant
-- how: Looks for ALTER ROLE … SET and ALTER DATABASE … SET of a setting that carries the tenant, with a value; an empty value is none.
-- why: Work that forgot to say for whom it works should be refused or see nothing. With a default it silently works for the default's
--   tenant: jobs, migrations and a pooled connection after RESET read and write the wrong customer's rows.
-- source: https://www.postgresql.org/docs/current/sql-alterrole.html
, preset as (
  select s.setdatabase, s.setrole, split_part(c.entry, '=', 1) as setting
  from pg_db_role_setting s cross join unnest(s.setconfig) c(entry)
  where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
    and (s.setrole = 0 or s.setrole in (select oid from attacker))
    and lower(split_part(c.entry, '=', 1)) in (select name from context) and c.entry !~ '=$'
), place as (
  select setting, case when setrole <> 0 then format('ROLE %I', pg_get_userbyid(setrole))
                         || case when setdatabase <> 0 then format(' IN DATABASE %I', current_database()) else '' end
                       when setdatabase <> 0 then format('DATABASE %I', current_database()) else 'ROLE ALL' end as whose
  from preset
)
select array[whose] as targets, format('every new session of %s begins with a value for %s', whose, setting) as evidence,
       format('ALTER %s RESET %s;', whose, setting) as fix
from place
order by whose, setting
