-- twin: rows
-- expect: TEN-C07
grant references, trigger on shop.orders, shop.customers to rows_app;
