-- $1 text[]: the declared roles. Settings stored for them, '' for those that hold in every database.
select r.rolname::text, coalesce(d.datname::text, ''), setting
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_roles r on r.oid = s.setrole
left join pg_catalog.pg_database d on d.oid = s.setdatabase
cross join lateral pg_catalog.unnest(s.setconfig) setting
where r.rolname = any ($1)
order by 1, 2, 3
