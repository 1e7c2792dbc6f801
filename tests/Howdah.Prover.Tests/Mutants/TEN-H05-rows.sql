-- twin: database
-- expect: TEN-H05
-- server: own
select;
-- apart
-- in template1
create table public.customers (id bigint, email text);
insert into public.customers values (1, 'c1@4be1');
