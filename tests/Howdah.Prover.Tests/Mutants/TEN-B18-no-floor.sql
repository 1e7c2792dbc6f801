-- twin: rows
-- expect: TEN-B18
drop policy floor on shop.orders;
