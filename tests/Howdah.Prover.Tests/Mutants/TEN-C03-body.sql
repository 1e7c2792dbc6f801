-- twin: rows
-- expect: TEN-C03
create function shop.order_count() returns bigint language sql stable security definer begin atomic select count(*) from shop.orders; end;
grant execute on function shop.order_count() to public;
