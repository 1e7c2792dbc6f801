-- twin: rows
-- expect: SEC-16
create role sec16_job login;
grant connect on database {db} to sec16_job;
grant set on parameter session_replication_role to sec16_job;
-- undo
drop owned by sec16_job; drop role sec16_job;
