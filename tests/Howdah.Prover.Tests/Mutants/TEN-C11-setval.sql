-- twin: rows
-- expect: TEN-C11
grant all on all sequences in schema shop to rows_app;
