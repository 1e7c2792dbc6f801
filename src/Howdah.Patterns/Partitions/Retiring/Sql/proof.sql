-- $1: the table. What its archives were when they were compared with the rows
select r.leaf, r.archive, r.sha256, r.manifest_sha256, r.rows, r.digest from howdah.retired_partitions r
where r.parent = $1::regclass::text and r.archive is not null
order by r.id
