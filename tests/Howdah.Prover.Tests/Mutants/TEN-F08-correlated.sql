-- twin: rows
-- expect: TEN-F08
create policy known on shop.orders as restrictive using (exists (
  select from shop.tenants t where t.id = orders.tenant_id and t.id = nullif(current_setting('app.tenant_id', true), '')::uuid));
