-- twin: texts
-- expect: TEN-B07
alter table blog.articles drop constraint articles_tenant_check;
