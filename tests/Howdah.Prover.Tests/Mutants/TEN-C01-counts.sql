-- twin: rows
-- expect: TEN-C01
create view shop.leak as select placed_on, count(*) as orders from shop.orders group by 1;
grant select on shop.leak to rows_app;
