-- twin: rows
-- expect: TEN-B11
drop policy floor on shop.orders;
create policy floor_select on shop.orders as restrictive for select using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy floor_insert on shop.orders as restrictive for insert with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy floor_update on shop.orders as restrictive for update using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)) with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy floor_delete on shop.orders as restrictive for delete using (tenant_id is not null);
