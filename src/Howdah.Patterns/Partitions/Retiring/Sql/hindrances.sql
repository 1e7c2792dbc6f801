-- $1: the table. Foreign keys of others that refer to it, and its default partition: what keeps its partitions from being detached
select 'foreign key', pg_catalog.format('%s of %s', k.conname, k.conrelid::regclass)
from pg_catalog.pg_constraint k where k.confrelid = $1::regclass and k.contype = 'f' and k.conparentid = 0
union all
select 'default', p.partdefid::regclass::text from pg_catalog.pg_partitioned_table p where p.partrelid = $1::regclass and p.partdefid <> 0
order by 1, 2
