-- twin: rows
-- expect: TEN-A03
alter schema shop owner to rows_app;
