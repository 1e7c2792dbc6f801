-- No parameters. Foreign keys of one column: from, its column, to.
select k.conrelid, k.conkey[1], k.confrelid
from pg_catalog.pg_constraint k
where k.contype = 'f' and pg_catalog.cardinality(k.conkey) = 1
order by k.conrelid, k.conkey[1], k.confrelid
