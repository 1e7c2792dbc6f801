-- twin: rows
-- expect: SEC-37
create schema words;
create extension unaccent schema words;
alter function words.unaccent(text) owner to rows_report;
