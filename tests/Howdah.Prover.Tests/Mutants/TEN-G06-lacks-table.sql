-- twin: schemas
-- expect: TEN-G06
drop table t_c09d.notes;
