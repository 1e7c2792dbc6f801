-- twin: rows
-- expect: TEN-C11
set role rows_owner;
create sequence shop.order_numbers;
alter table shop.orders add number bigint not null default nextval('shop.order_numbers');
grant update on sequence shop.order_numbers to rows_app;
reset role;
