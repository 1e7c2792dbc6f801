-- twin: schemas
-- expect: TEN-G11
set role schemas_owner;
create view shared.inbox as select id, body from t_4be1.notes;
grant insert on shared.inbox to schemas_7f3a, schemas_c09d;
