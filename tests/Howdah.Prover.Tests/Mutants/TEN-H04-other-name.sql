-- twin: database
-- expect: TEN-H04
-- server: own
-- logins: database_4be1
-- apart
create database neighbor template twin_database;
-- apart
revoke all on database neighbor from public;
grant connect on database neighbor to database_4be1;
