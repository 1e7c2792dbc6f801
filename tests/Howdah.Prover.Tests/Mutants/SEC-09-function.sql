-- twin: rows
-- expect: SEC-09
create schema tools;
grant usage, create on schema tools to rows_report;
create function shop.short(t text) returns text language sql immutable set search_path = pg_catalog, tools, pg_temp as 'select left(t, 9)';
