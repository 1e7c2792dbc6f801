-- twin: rows
-- expect: TEN-C06
grant truncate on shop.orders to rows_app;
