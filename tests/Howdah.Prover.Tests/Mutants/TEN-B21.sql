-- twin: texts
-- expect: TEN-B21
alter policy own on blog.articles using (tenant like (select current_setting('app.tenant', true)));
