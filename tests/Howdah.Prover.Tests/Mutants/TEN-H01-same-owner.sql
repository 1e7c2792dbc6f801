-- twin: database
-- expect: TEN-H01
-- server: own
-- logins: database_4be1
create role h01_owner nologin;
alter database {db} owner to h01_owner;
-- apart
create database neighbor template twin_database owner h01_owner;
-- apart
-- in neighbor
grant create on schema shop to database_4be1;
