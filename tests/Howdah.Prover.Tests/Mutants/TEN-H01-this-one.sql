-- twin: database
-- expect: TEN-H01
-- server: own
-- logins: database_4be1, h01_app@neighbor
create role h01_app login;
grant connect on database {db} to public;
-- apart
create database neighbor template twin_database;
-- apart
revoke all on database neighbor from public;
grant connect on database neighbor to h01_app;
