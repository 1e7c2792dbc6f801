-- twin: rows
-- expect: SEC-28, SEC-40
create function shop.guard() returns event_trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin perform 1; end $$;
create event trigger guard on ddl_command_end execute function shop.guard();
alter function shop.guard() owner to rows_app;
