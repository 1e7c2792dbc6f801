-- twin: rows
-- expect: TEN-C01
create materialized view shop.leak as select * from shop.orders;
grant select on shop.leak to rows_report;
