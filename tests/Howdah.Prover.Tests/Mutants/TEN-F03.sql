-- twin: rows
-- expect: TEN-F03
set role rows_owner;
create function shop.tenant() returns uuid language sql immutable
  as $$ select nullif(pg_catalog.current_setting('app.tenant_id', true), '')::uuid $$;
grant execute on function shop.tenant() to rows_app, rows_report;
alter policy floor on shop.orders using (tenant_id = (select shop.tenant())) with check (tenant_id = (select shop.tenant()));
