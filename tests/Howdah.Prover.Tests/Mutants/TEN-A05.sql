-- twin: rows
-- expect: TEN-A05
create role rows_backup nologin bypassrls;
grant rows_backup to rows_app;
-- undo
drop role rows_backup;
