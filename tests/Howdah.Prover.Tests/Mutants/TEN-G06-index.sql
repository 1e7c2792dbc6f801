-- twin: schemas
-- expect: TEN-G06
drop index t_7f3a.orders_placed_on_idx;
