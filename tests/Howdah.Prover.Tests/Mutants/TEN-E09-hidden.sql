-- twin: rows
-- expect: TEN-E09
create function shop.me() returns uuid language plpgsql immutable set search_path = pg_catalog, pg_temp
  as $$ declare me uuid; begin execute 'select nullif(current_' || 'setting(''app.tenant_' || 'id'', true), '''')::uuid' into me; return me; end $$;
grant execute on function shop.me() to rows_app, rows_report;
drop policy floor on shop.orders;
create policy floor on shop.orders as restrictive using (tenant_id = shop.me()) with check (tenant_id = shop.me());
