-- twin: rows
-- expect: SEC-05
alter default privileges for role rows_owner in schema shop grant execute on functions to public;
alter default privileges for role rows_owner in schema shop grant usage on sequences to public;
