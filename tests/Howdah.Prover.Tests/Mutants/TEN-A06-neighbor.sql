-- twin: logins
-- expect: TEN-A06
grant logins_globex to logins_acme;
-- undo
revoke logins_globex from logins_acme;
