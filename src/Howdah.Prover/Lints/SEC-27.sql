-- SEC-27 high
-- title: No secret lies in a setting of a role or database
-- how: Looks at ALTER ROLE … SET and ALTER DATABASE … SET for settings called secret, password, token, key and the like and for values in
--   known forms of keys. The value is never shown.
-- why: pg_db_role_setting can be read by every role of the whole server, and every session may SHOW its own.
-- source: https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
, entry as (
  select s.setdatabase, s.setrole, split_part(c.entry, '=', 1) as name, substr(c.entry, strpos(c.entry, '=') + 1) as value
  from pg_db_role_setting s cross join unnest(s.setconfig) c(entry)
  where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
), told as (
  select name, case when setrole <> 0 then format('ROLE %I', pg_get_userbyid(setrole))
                      || case when setdatabase <> 0 then format(' IN DATABASE %I', current_database()) else '' end
                    when setdatabase <> 0 then format('DATABASE %I', current_database()) else 'ROLE ALL' end as whose
  from entry
  where strpos(name, '.') > 0 and lower(name) not in (select c.name from context c) and length(value) >= 6
    and (lower(name) ~ '(secret|passw|passphrase|token|api_?key|credential|jwt|[._](hmac|private|signing|encryption|master)?_?key$)'
      or value ~ '-----BEGIN [A-Z ]*PRIVATE KEY|\meyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|\m(AKIA|ASIA)[0-9A-Z]{16}\M|\m(sk|rk)_live_\w{16,}'
      or value ~* '\m[a-z][a-z0-9+]*://[^\s:/@'']+:[^\s@/'']{3,}@')
)
select array[format('%s: %s', whose, name)] as targets, format('%s is set for %s, for every role to read', name, whose) as evidence,
       format('ALTER %s RESET %s;', whose, name) as fix
from told
order by 1
