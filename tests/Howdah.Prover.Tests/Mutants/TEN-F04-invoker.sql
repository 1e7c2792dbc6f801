-- twin: rows
-- expect: TEN-E07, TEN-F04
set role rows_owner;
create table shop.members (login text not null, tenant uuid not null, primary key (login, tenant));
alter table shop.members enable row level security;
alter table shop.members force row level security;
create policy base on shop.members for select to rows_app, rows_report using (login = session_user);
grant select on shop.members to rows_app, rows_report;
create function shop.is_member(tenant_id uuid) returns boolean language plpgsql stable set search_path = shop
  as $$ begin return exists (select from members m where m.login = session_user and m.tenant = tenant_id); end $$;
grant execute on function shop.is_member(uuid) to rows_app, rows_report;
create policy members on shop.orders as restrictive using (shop.is_member(tenant_id));
reset role;
grant temporary on database {db} to rows_app;
