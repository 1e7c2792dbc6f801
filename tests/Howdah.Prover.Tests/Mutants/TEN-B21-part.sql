-- twin: texts
-- expect: TEN-B21
alter policy own on blog.comments using (strpos((select current_setting('app.tenant', true)), tenant) > 0);
