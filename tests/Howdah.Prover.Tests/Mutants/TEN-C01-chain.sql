-- twin: rows
-- expect: TEN-C01
create view shop.inner_leak as select * from shop.orders;
create view shop.leak with (security_invoker = true) as select * from shop.inner_leak;
grant select on shop.leak, shop.inner_leak to rows_report;
