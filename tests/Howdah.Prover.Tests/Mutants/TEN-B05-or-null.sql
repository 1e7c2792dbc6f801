-- twin: rows
-- expect: TEN-B05
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive
  using ((select current_setting('app.tenant_id', true)) is null or tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
