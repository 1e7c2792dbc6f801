-- twin: rows
-- expect: TEN-C03
-- Whoever counts up the numbers reads everybody's; the catalogs do not show what it reads.
create function shop.note_of(p_id bigint) returns text language plpgsql stable security definer set search_path = pg_catalog, pg_temp
  as $$ declare found text; begin
    execute format('select placed_on::text from shop.%I where id = $1', 'ord' || 'ers') into found using p_id; return found; end $$;
grant execute on function shop.note_of(bigint) to rows_app;
