-- twin: rows
-- expect: TEN-C07
create schema rows_app authorization rows_owner;
grant usage, create on schema rows_app to rows_app;
grant references on shop.customers to rows_app;
