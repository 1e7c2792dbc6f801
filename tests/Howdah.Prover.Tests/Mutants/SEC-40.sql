-- twin: rows
-- expect: SEC-40
alter table shop.countries owner to rows_report;
alter view shop.order_totals owner to rows_app;
