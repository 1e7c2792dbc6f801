-- twin: rows
-- expect: TEN-F04
create schema tools;
grant usage, create on schema tools to rows_report;
set role rows_owner;
create table shop.members (login text not null, tenant uuid not null, primary key (login, tenant));
create function shop.is_member(tenant_id uuid) returns boolean language sql stable security definer set search_path = tools, shop, pg_temp
  as $$ select exists (select from members m where m.login = session_user and m.tenant = tenant_id) $$;
grant execute on function shop.is_member(uuid) to rows_app, rows_report;
create policy members on shop.orders as restrictive using (shop.is_member(tenant_id));
