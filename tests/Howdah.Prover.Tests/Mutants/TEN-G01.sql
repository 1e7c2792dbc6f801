-- twin: schemas
-- expect: TEN-G01
drop table t_c09d.notes;
set role schemas_owner;
create table shared.notes (id bigint primary key, body text);
grant select, insert on shared.notes to schemas_c09d;
