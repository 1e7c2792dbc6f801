-- twin: schemas
-- expect: TEN-G12
set role schemas_owner;
create table shared.orders (id bigint primary key, number bigint, customer_id bigint, placed_on date, total numeric(12,2));
grant select, insert on shared.orders to schemas_4be1, schemas_7f3a, schemas_c09d;
