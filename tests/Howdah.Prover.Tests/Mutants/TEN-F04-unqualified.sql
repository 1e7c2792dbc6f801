-- twin: rows
-- expect: TEN-E07, TEN-F04
set role rows_owner;
set search_path = shop;
create table members (login text not null, tenant uuid not null, primary key (login, tenant));
alter table members enable row level security;
alter table members force row level security;
create policy base on members for select to rows_app, rows_report using (login = session_user);
grant select on members to rows_app, rows_report;
create function shop.is_member(tenant_id uuid) returns boolean language sql stable
  as $$ select exists (select from members m where m.login = session_user and m.tenant = tenant_id) $$;
grant execute on function shop.is_member(uuid) to rows_app, rows_report;
create policy members on shop.orders as restrictive using (shop.is_member(tenant_id));
reset role;
grant temporary on database {db} to rows_app;
