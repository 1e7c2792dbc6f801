-- twin: rows
-- expect: SEC-28
create function shop.guard() returns event_trigger language plpgsql as $$ begin perform 1; end $$;
create event trigger guard on ddl_command_end execute function shop.guard();
