-- twin: parts
-- expect: TEN-C05
drop policy base on log.events_2;
drop policy floor on log.events_2;
alter table log.events_2 no force row level security, disable row level security;
grant select on log.events_2 to parts_app;
