-- twin: rows
-- expect: SEC-09
grant create on database {db} to rows_report;
