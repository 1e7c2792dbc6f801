-- twin: rows
-- expect: TEN-C03
set role rows_owner;
create function shop.order_count() returns bigint language sql stable security definer as 'select count(*) from shop.orders';
grant execute on function shop.order_count() to rows_app;
reset role;
