-- twin: rows
-- expect: SEC-09
create schema tools;
grant usage, create on schema tools to rows_report;
alter role rows_app in database {db} set search_path = tools, shop, pg_temp;
