-- twin: rows
-- expect: TEN-B21
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive
  using (tenant_id::text ~~ (select nullif(current_setting('app.tenant_id', true), '')))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
