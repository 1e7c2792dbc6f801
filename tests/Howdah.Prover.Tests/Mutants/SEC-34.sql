-- twin: rows
-- expect: SEC-34
alter role rows_owner in database {db} set session_replication_role = replica;
alter database {db} set log_statement = 'none';
alter role rows_report in database {db} set row_security = off;
