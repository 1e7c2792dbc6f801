-- twin: rows
-- expect: TEN-A02
-- from: 16
grant rows_owner to rows_app with admin option, inherit false, set false;
-- undo
revoke rows_owner from rows_app;
