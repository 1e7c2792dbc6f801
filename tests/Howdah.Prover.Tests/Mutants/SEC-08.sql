-- twin: rows
-- expect: SEC-08
grant create on schema public to public;
