-- twin: rows
-- expect: SEC-36
alter table shop.orders disable trigger all;
