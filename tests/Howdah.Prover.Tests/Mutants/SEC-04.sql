-- twin: database
-- expect: SEC-04
-- from: 16
create role sec04_maker login createrole;
grant connect on database {db} to sec04_maker;
set role sec04_maker;
create role sec04_made nologin;
reset role;
alter role sec04_maker nocreaterole;
-- undo
drop role sec04_made; drop role sec04_maker;
