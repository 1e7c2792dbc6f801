-- twin: texts
-- expect: TEN-B14
create policy root on blog.articles to texts_app using ('acme' = tenant);
