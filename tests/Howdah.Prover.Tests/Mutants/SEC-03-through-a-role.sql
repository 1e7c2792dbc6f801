-- twin: database
-- expect: SEC-03
create role sec03_helpdesk nologin createrole;
create role sec03_person login in role sec03_helpdesk;
grant connect on database {db} to sec03_person;
-- undo
drop role sec03_person; drop role sec03_helpdesk;
