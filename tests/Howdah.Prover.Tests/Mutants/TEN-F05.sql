-- twin: rows
-- expect: TEN-F05
set role rows_owner;
create function shop.same(a uuid, b uuid) returns boolean language sql as $$ select a = b $$;
grant execute on function shop.same(uuid, uuid) to rows_app, rows_report;
create policy volatile on shop.orders as restrictive
  using (shop.same(tenant_id, (select nullif(current_setting('app.tenant_id', true), '')::uuid)));
