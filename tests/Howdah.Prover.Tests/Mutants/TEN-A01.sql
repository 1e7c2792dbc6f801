-- twin: rows
-- expect: TEN-A01
alter table shop.orders no force row level security;
alter table shop.customers no force row level security;
