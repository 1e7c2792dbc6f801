-- twin: rows
-- expect: TEN-A03
alter table shop.orders owner to rows_app;
