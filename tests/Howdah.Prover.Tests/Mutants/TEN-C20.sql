-- twin: parts
-- expect: TEN-C20
set role parts_owner;
create table log.late partition of log.events for values in (3);
reset role;
create schema attic authorization parts_owner;
alter table log.late set schema attic;
grant select on attic.late to parts_app;
