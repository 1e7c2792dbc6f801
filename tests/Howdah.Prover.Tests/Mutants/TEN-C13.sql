-- twin: rows
-- expect: TEN-C13
create foreign data wrapper elsewhere;
create server warehouse foreign data wrapper elsewhere;
create foreign table shop.past_orders (tenant_id uuid not null, id bigint not null, total numeric) server warehouse;
grant select on shop.past_orders to rows_report;
