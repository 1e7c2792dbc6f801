-- twin: rows
-- expect: TEN-C12
set role rows_app;
select lo_from_bytea(990001, 'a scan of tenant one');
reset role;
