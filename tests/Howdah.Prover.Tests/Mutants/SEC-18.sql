-- twin: rows
-- expect: SEC-18
grant select (code) on shop.countries to rows_app;
grant update (name) on shop.customers to rows_app;
