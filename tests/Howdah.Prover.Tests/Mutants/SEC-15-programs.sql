-- twin: database
-- expect: SEC-15
create role sec15_job login;
grant connect on database {db} to sec15_job;
grant pg_execute_server_program to sec15_job;
-- undo
drop role sec15_job;
