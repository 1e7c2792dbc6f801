-- twin: rows
-- expect: TEN-D01
-- The tenant stands in the condition only, so that no list of columns tells.
create unique index by_email on shop.customers (email) where tenant_id is not null;
