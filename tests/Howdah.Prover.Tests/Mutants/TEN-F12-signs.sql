-- twin: signed
-- expect: TEN-F12
alter function sec.sign(text) security definer;
grant execute on function sec.sign(text) to signed_app;
