-- $1 text[]: the roles declared to log in. The kind of each password, never the password.
select a.rolname::text, case when a.rolpassword is null then 'none' when a.rolpassword like 'SCRAM-SHA-256$%' then 'scram'
                             when a.rolpassword like 'md5%' then 'md5' else 'other' end
from pg_catalog.pg_authid a
where a.rolname = any ($1)
order by 1
