-- twin: schemas
-- expect: TEN-G11
revoke usage on schema t_c09d from schemas_c09d;
grant usage on schema t_4be1 to schemas_c09d;
grant insert on t_4be1.settings to schemas_c09d;
