-- twin: rows
-- expect: TEN-E08
set role rows_owner;
create function shop.mine(uuid, uuid) returns boolean language sql stable
  as $$ select $1 = nullif(pg_catalog.current_setting('app.tenant_id', true), '')::uuid $$;
create operator shop.=== (leftarg = uuid, rightarg = uuid, function = shop.mine);
grant execute on function shop.mine(uuid, uuid) to rows_app, rows_report;
create policy mine on shop.orders as restrictive using (tenant_id operator(shop.===) tenant_id);
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive using (tenant_id is not null) with check (tenant_id operator(shop.===) tenant_id);
