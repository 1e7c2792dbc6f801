-- twin: rows
-- expect: TEN-A07
alter table shop.orders disable row level security;
