-- twin: rows
-- expect: SEC-16
grant execute on function pg_read_file(text), lo_import(text) to rows_report;
