-- twin: rows
-- expect: TEN-C14
create role rows_stream nologin replication;
grant rows_stream to rows_report;
-- undo
drop role rows_stream;
