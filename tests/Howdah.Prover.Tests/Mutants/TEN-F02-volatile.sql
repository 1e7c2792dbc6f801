-- twin: rows
-- expect: TEN-F05, TEN-F08
create function shop.me() returns uuid language plpgsql volatile set search_path = pg_catalog, pg_temp
  as $$ begin return nullif(current_setting('app.tenant_id', true), '')::uuid; end $$;
grant execute on function shop.me() to rows_app, rows_report;
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive using (tenant_id = shop.me()) with check (tenant_id = shop.me());
