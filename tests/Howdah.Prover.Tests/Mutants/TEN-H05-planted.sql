-- twin: database
-- expect: TEN-H05
-- server: own
-- logins: database_4be1
select;
-- apart
-- in template1
grant create on schema public to public;
