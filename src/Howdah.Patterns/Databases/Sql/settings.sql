-- $1 text[]: the declared databases. Settings stored for them and for no role in particular.
select d.datname::text, setting
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_database d on d.oid = s.setdatabase
cross join lateral pg_catalog.unnest(s.setconfig) setting
where s.setrole = 0 and d.datname = any ($1)
order by 1, 2
