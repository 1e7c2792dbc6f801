-- twin: rows
-- expect: TEN-H07
create schema links;
create extension dblink schema links;
grant usage on schema links to rows_report;
grant execute on function links.dblink_exec(text, text) to rows_report;
