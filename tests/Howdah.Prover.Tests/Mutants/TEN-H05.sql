-- twin: database
-- expect: TEN-H05
-- server: own
alter database template1 rename to h05_real_template1;
-- apart
create database template1 template {db};
-- apart
alter database template1 is_template true;
-- undo
alter database template1 is_template false;
-- apart
drop database template1;
-- apart
alter database h05_real_template1 rename to template1;
