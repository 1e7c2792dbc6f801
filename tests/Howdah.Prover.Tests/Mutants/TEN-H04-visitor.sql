-- twin: database
-- expect: TEN-H04
-- server: own
-- logins: database_4be1, h04_app@neighbor
create role h04_group nologin;
create role h04_app login in role h04_group;
grant connect on database {db} to h04_group;
-- apart
create database neighbor template twin_database;
-- apart
revoke all on database neighbor from public;
grant connect on database neighbor to h04_app;
