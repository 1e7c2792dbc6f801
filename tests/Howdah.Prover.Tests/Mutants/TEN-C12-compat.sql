-- twin: rows
-- expect: TEN-C12
alter database {db} set lo_compat_privileges = on;
