-- twin: rows
-- expect: TEN-A05
create role rows_dba nologin superuser;
create role rows_oncall nologin;
grant rows_dba to rows_oncall;
grant rows_oncall to rows_report;
-- undo
drop role rows_dba;
drop role rows_oncall;
