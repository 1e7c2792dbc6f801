-- twin: rows
-- expect: SEC-15
create role sec15_support nologin;
create role sec15_person login in role sec15_support;
grant connect on database {db} to sec15_person;
grant pg_signal_backend to sec15_support;
-- undo
drop role sec15_person; drop role sec15_support;
