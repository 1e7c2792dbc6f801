-- twin: schemas
-- expect: TEN-G04
alter schema t_7f3a rename to "T_4BE1";
