-- $1 text[]: the roles whose password is declared. Read only where pg_authid may be read; compared at once and never kept.
select a.rolname::text, a.rolpassword
from pg_catalog.pg_authid a
where a.rolname = any ($1)
order by 1
