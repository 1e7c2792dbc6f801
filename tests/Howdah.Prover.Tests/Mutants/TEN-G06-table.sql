-- twin: schemas
-- expect: TEN-G06
create table t_7f3a.left_over (id bigint primary key);
