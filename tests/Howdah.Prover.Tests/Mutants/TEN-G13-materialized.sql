-- twin: schemas
-- expect: TEN-G13
set role schemas_owner;
create materialized view shared.all_notes as select id, body from t_4be1.notes union all select id, email from t_c09d.customers;
grant select on shared.all_notes to schemas_c09d;
