-- twin: schemas
-- expect: SEC-40
alter schema t_4be1 owner to schemas_4be1;
alter table t_4be1.orders owner to schemas_4be1;
create domain t_4be1.short as text;
alter domain t_4be1.short owner to schemas_4be1;
