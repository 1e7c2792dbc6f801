-- twin: rows
-- expect: TEN-C07
-- from: 17
grant maintain on shop.orders to rows_app;
