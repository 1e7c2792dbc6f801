-- twin: schemas
-- expect: TEN-G08
create role g08_app login;
grant connect on database {db} to g08_app;
grant usage on schema t_4be1, t_7f3a, t_c09d to g08_app;
grant select, insert on all tables in schema t_4be1, t_7f3a, t_c09d to g08_app;
-- undo
drop role g08_app;
