-- twin: rows
-- expect: SEC-12
set role rows_owner;
create function shop.country(c text) returns text language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select name from shop.countries where code = c $$;
grant execute on function shop.country(text) to public;
