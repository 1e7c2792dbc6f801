-- twin: rows
-- expect: TEN-H07
create extension postgres_fdw;
grant usage on foreign data wrapper postgres_fdw to public;
