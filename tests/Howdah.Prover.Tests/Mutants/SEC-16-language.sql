-- twin: rows
-- expect: SEC-16
update pg_language set lanpltrusted = true where lanname = 'c';
grant usage on language c to rows_report;
