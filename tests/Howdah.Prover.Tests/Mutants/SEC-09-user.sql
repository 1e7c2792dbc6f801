-- twin: rows
-- expect: SEC-09
create schema rows_app;
grant usage, create on schema rows_app to rows_report;
