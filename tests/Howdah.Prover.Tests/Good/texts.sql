-- Articles told apart by a text; the column has the context as its default, and a check keeps the empty text out.
-- cluster
create role texts_owner nologin;
create role texts_app login;
-- database
revoke all on schema public from public;
create schema blog authorization texts_owner;
alter default privileges for role texts_owner revoke execute on functions from public;
set role texts_owner;
create table blog.articles (
  tenant text not null default current_setting('app.tenant', true) check (tenant <> ''), slug text not null, title text not null,
  primary key (tenant, slug));
create table blog.comments (
  tenant text not null default current_setting('app.tenant', true), slug text not null, n int not null, body text not null,
  constraint named check (length(tenant) > 0), primary key (tenant, slug, n),
  foreign key (tenant, slug) references blog.articles (tenant, slug) on delete cascade);
insert into blog.articles select t, 'slug-' || n, 'title' from unnest(array['acme', 'globex']) t, generate_series(1, 7) n;
insert into blog.comments select tenant, slug, n, 'comment' from blog.articles, generate_series(1, 2) n;
alter table blog.articles enable row level security;
alter table blog.articles force row level security;
create policy own on blog.articles to texts_app using (tenant = (select current_setting('app.tenant', true)));
alter table blog.comments enable row level security;
alter table blog.comments force row level security;
create policy own on blog.comments to texts_app using (tenant = (select current_setting('app.tenant', true)));
grant usage on schema blog to texts_app;
grant select, insert, update, delete on blog.articles, blog.comments to texts_app;
reset role;
-- after
revoke all on database {db} from public;
grant connect on database {db} to texts_app;
