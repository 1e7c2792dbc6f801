-- twin: logins
-- expect: TEN-A06
create role logins_pool login noinherit;
grant connect on database {db} to logins_pool;
grant logins_acme, logins_globex to logins_pool;
-- undo
drop role logins_pool;
