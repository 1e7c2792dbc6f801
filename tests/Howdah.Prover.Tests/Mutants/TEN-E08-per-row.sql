-- twin: rows
-- expect: TEN-F08
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
