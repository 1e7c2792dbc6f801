-- twin: rows
-- expect: TEN-E07
grant temporary on database {db} to public;
