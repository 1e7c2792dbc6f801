-- twin: schemas
-- expect: TEN-G05, TEN-G06
drop table t_7f3a.notes;
create table t_7f3a.notes () inherits (t_4be1.notes);
