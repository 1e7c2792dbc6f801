-- twin: database
-- expect: TEN-H01
-- server: own
-- logins: database_4be1
create role h01_owner nologin;
-- apart
create database neighbor template twin_database owner h01_owner;
