-- twin: rows
-- expect: TEN-C03
create function shop.run(what text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
  as 'begin execute what; end';
grant execute on function shop.run(text) to rows_app;
