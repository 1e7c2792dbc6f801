-- twin: texts
-- expect: TEN-B18
alter policy own on blog.articles using (tenant = (select current_setting('app.tenant', true)) or true);
