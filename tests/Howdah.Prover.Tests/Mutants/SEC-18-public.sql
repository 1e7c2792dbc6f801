-- twin: schemas
-- expect: SEC-18
grant select on t_4be1.notes to public;
grant select (id) on t_4be1.notes to schemas_4be1;
