-- twin: rows
-- expect: TEN-B13
create function shop.fits(tenant uuid, wanted text) returns boolean language plpgsql stable set search_path = pg_catalog, pg_temp
  as $$ begin return wanted <> '' and tenant::text like wanted; end $$;
grant execute on function shop.fits(uuid, text) to rows_app, rows_report;
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive
  using (shop.fits(tenant_id, (select current_setting('app.tenant_id', true))))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
