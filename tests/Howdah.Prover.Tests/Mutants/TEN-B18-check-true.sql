-- twin: rows
-- expect: TEN-B18
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)) with check (true);
