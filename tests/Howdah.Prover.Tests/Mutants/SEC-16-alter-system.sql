-- twin: rows
-- expect: SEC-16
create role sec16_ops login;
grant connect on database {db} to sec16_ops;
grant alter system on parameter work_mem to sec16_ops;
-- undo
drop owned by sec16_ops; drop role sec16_ops;
