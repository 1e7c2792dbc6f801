-- twin: schemas
-- expect: TEN-G06
alter table t_7f3a.customers alter column email drop not null;
