-- twin: rows
-- expect: TEN-B01
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive
  using ((select nullif(current_setting('app.tenant_id', true), '')) is not null and tenant_id is not null)
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
