-- twin: rows
-- expect: TEN-A05
grant pg_read_server_files to rows_report;
-- undo
revoke pg_read_server_files from rows_report;
