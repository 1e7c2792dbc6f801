-- twin: rows
-- expect: TEN-F08
set role rows_owner;
create function shop.tenant() returns uuid language sql stable set search_path = pg_catalog, pg_temp
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
grant execute on function shop.tenant() to rows_app, rows_report;
alter policy floor on shop.orders using (tenant_id = shop.tenant()) with check (tenant_id = shop.tenant());
