-- twin: rows
-- expect: TEN-C12
select lo_from_bytea(990002, 'a scan of tenant two');
grant select on large object 990002 to public;
