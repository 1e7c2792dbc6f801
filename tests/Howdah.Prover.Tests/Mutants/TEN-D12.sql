-- twin: rows
-- expect: TEN-C03, TEN-D12
create function shop.taken(text) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select exists (select from shop.customers where email = $1) $$;
grant execute on function shop.taken(text) to rows_app;
alter table shop.customers add constraint free check (not shop.taken(email)) not valid;
