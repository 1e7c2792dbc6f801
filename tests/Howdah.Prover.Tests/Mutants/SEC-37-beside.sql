-- twin: rows
-- expect: SEC-37
create schema words;
create extension unaccent schema words;
create function words.unaccent(t varchar) returns text language sql immutable as 'select t::text';
alter function words.unaccent(varchar) owner to rows_report;
