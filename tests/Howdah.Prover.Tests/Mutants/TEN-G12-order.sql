-- twin: schemas
-- expect: TEN-G12
set role schemas_owner;
create table shared.settings (name text primary key, value text);
grant select on shared.settings to schemas_7f3a;
reset role;
alter role schemas_7f3a in database {db} set search_path = shared, t_7f3a, pg_temp;
