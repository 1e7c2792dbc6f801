-- twin: rows
-- expect: TEN-A02
grant rows_owner to rows_app;
-- undo
revoke rows_owner from rows_app;
