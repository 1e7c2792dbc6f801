-- twin: schemas
-- expect: TEN-G03
alter table t_7f3a.orders alter column number set default nextval('t_4be1.order_numbers');
alter table t_c09d.orders alter column number set default nextval('t_4be1.order_numbers');
