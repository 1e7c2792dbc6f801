-- twin: rows
-- expect: TEN-A11
create table shop.orders_backup as select * from shop.orders;
grant select on shop.orders_backup to rows_report;
