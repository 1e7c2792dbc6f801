-- twin: database
-- expect: SEC-04
create role sec04_group nologin;
create role sec04_person login;
grant connect on database {db} to sec04_person;
grant sec04_group to sec04_person with admin option;
-- undo
drop role sec04_person; drop role sec04_group;
