-- twin: database
-- expect: TEN-H04
create role h04_owner nologin;
create role h04_services nologin;
create role h04_app login in role h04_services;
alter database {db} owner to h04_owner;
grant connect on database {db} to h04_services;
-- apart
create database database_h04 owner h04_owner template template0;
-- apart
revoke all on database database_h04 from public;
grant connect on database database_h04 to h04_services;
-- undo
drop database database_h04;
-- apart
drop role h04_app;
drop role h04_services;
drop role h04_owner;
