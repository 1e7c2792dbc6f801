-- $1: the table. Whether a procedure that runs as the table's owner keeps books of its partitions
select true
from pg_catalog.pg_class c
join pg_catalog.pg_proc p on p.pronamespace = c.relnamespace and p.proname = 'retire_' || c.relname and p.proowner = c.relowner
where c.oid = $1::regclass and p.prokind = 'p' and p.prosecdef
  and pg_catalog.oidvectortypes(p.proargtypes) = 'text, regclass, bigint, text, text'
order by 1
