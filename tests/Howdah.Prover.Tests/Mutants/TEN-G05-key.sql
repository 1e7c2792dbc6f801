-- twin: schemas
-- expect: TEN-G05
alter table t_7f3a.orders drop constraint orders_customer_id_fkey;
alter table t_7f3a.orders add foreign key (customer_id) references t_4be1.customers (id);
