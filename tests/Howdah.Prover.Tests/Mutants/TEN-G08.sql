-- twin: schemas
-- expect: TEN-G08
grant usage on schema t_7f3a to schemas_4be1;
grant select (id, email) on t_7f3a.customers to schemas_4be1;
