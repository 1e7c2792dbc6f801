-- twin: signed
-- expect: TEN-F12
grant select on sec.keys to signed_app;
