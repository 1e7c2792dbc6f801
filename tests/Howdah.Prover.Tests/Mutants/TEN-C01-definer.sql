-- twin: rows
-- expect: TEN-C01
create view shop.leak as select * from shop.orders;
grant select on shop.leak to rows_report;
