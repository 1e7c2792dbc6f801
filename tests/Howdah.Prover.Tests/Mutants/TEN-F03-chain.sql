-- twin: rows
-- expect: TEN-F03
set role rows_owner;
create function shop.raw_tenant() returns text language plpgsql stable set search_path = pg_catalog, pg_temp
  as $$ begin return current_setting('app.tenant_id', true); end $$;
create function shop.tenant(fallback text) returns uuid language sql immutable as $$ select nullif(shop.raw_tenant(), fallback)::uuid $$;
grant execute on function shop.tenant(text), shop.raw_tenant() to rows_app, rows_report;
alter policy floor on shop.orders using (tenant_id = (select shop.tenant(''))) with check (tenant_id = (select shop.tenant('')));
