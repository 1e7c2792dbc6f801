-- twin: rows
-- expect: TEN-B18
alter policy floor on shop.orders to rows_report;
