-- twin: rows
-- expect: TEN-C03
create function shop.order_count() returns bigint language sql stable security definer set search_path = pg_catalog, pg_temp
  as 'select count(*) from shop.orders';
grant execute on function shop.order_count() to rows_app;
