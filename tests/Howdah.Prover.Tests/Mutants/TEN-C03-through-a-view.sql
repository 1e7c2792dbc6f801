-- twin: rows
-- expect: TEN-C03
-- Names no table of tenants, and adds them all up.
create function shop.turnover() returns numeric language sql stable security definer set search_path = pg_catalog, pg_temp
  as 'select sum(total) from shop.order_totals';
grant execute on function shop.turnover() to rows_app;
