-- twin: rows
-- expect: TEN-D01
alter table shop.customers add unique (email);
