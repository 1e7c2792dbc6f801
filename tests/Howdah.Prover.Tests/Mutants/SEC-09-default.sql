-- twin: rows
-- expect: SEC-09
grant create on schema public to rows_report;
