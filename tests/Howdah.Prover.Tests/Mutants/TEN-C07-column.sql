-- twin: rows
-- expect: TEN-C07
grant references (id) on shop.orders to rows_report;
