-- twin: rows
-- expect: TEN-A04
alter role rows_report bypassrls;
-- undo
alter role rows_report nobypassrls;
