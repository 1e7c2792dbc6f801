-- twin: schemas
-- expect: TEN-G05
set role schemas_owner;
do $do$ begin
  execute 'create or replace function t_7f3a.total_of(customer bigint) returns numeric language sql stable
    set search_path = pg_catalog, pg_temp begin atomic select sum(total) from t_4be1.orders where customer_id = customer; end';
end $do$;
