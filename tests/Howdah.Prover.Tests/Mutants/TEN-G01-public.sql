-- twin: schemas
-- expect: TEN-G01
alter table t_7f3a.notes set schema public;
grant usage on schema public to schemas_7f3a;
