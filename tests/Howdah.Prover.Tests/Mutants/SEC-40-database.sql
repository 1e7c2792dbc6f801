-- twin: schemas
-- expect: SEC-40
create role sec40_admin login;
alter database {db} owner to sec40_admin;
-- undo
drop role sec40_admin;
