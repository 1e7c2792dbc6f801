-- twin: database
-- expect: TEN-H01
create role h01_owner nologin;
alter database {db} owner to h01_owner;
-- apart
create database h01_other owner h01_owner template template0;
-- undo
drop database h01_other;
-- apart
drop role h01_owner;
