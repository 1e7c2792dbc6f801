-- twin: rows
-- expect: SEC-40, TEN-A03
reassign owned by rows_owner to rows_app;
-- undo
drop role if exists rows_app_owner;
