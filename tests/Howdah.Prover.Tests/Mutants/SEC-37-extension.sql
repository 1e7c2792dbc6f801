-- twin: rows
-- expect: SEC-37
create schema words;
grant create on database {db} to rows_report;
grant create on schema words to rows_report;
set role rows_report;
create extension unaccent schema words;
reset role;
revoke create on schema words from rows_report;
revoke create on database {db} from rows_report;
