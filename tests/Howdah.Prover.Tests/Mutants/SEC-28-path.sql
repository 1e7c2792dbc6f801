-- twin: rows
-- expect: SEC-28
create schema tools;
grant usage, create on schema tools to rows_report;
create function shop.guard() returns event_trigger language plpgsql set search_path = tools, pg_temp as $$ begin perform 1; end $$;
create event trigger guard on ddl_command_end execute function shop.guard();
