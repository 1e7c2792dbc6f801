-- twin: rows
-- expect: TEN-C12
-- from: 18
alter default privileges for role rows_app grant select on large objects to rows_report;
