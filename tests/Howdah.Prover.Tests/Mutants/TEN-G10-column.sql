-- twin: schemas
-- expect: TEN-G10
revoke usage on schema t_c09d from schemas_c09d;
grant usage on schema t_4be1 to schemas_c09d;
grant select (email) on t_4be1.customers to schemas_c09d;
