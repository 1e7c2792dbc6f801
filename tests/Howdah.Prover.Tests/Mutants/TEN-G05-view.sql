-- twin: schemas
-- expect: TEN-G05
create or replace view t_7f3a.order_totals with (security_invoker = true) as
  select customer_id, sum(total) as total from t_4be1.orders group by 1;
