-- twin: logins
-- expect: TEN-A06
create role logins_north nologin;
create role logins_south nologin;
grant select on ledger.accounts to logins_north, logins_south;
grant logins_north, logins_south to logins_audit;
-- undo
drop role logins_north;
drop role logins_south;
