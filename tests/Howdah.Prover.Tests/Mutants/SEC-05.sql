-- twin: rows
-- expect: SEC-05
alter default privileges for role rows_owner grant select on tables to public;
