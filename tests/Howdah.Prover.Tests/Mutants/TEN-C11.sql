-- twin: rows
-- expect: TEN-C11
grant select on sequence shop.orders_id_seq to rows_app;
