-- twin: schemas
-- expect: TEN-G06
alter table t_7f3a.orders drop constraint orders_total_check;
