-- twin: texts
-- expect: TEN-B20
alter policy own on blog.articles with check (true);
