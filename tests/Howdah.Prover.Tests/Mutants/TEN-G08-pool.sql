-- twin: schemas
-- expect: TEN-G08
create role g08_pool login noinherit;
grant connect on database {db} to g08_pool;
grant schemas_4be1, schemas_7f3a to g08_pool;
-- undo
drop role g08_pool;
