-- twin: rows
-- expect: TEN-C03
create function shop.order_count() returns bigint language sql stable security definer return (select count(*) from shop.orders);
grant execute on function shop.order_count() to rows_app;
