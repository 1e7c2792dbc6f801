-- twin: rows
-- expect: TEN-A02
create role rows_devs;
grant rows_owner to rows_devs;
grant rows_devs to rows_app, rows_report;
-- undo
drop role rows_devs;
