-- twin: database
-- expect: SEC-03
create role sec03_admin login createrole;
grant connect on database {db} to sec03_admin;
-- undo
drop role sec03_admin;
