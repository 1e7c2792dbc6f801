-- twin: rows
-- expect: SEC-34
alter database {db} set lo_compat_privileges = on;
