-- $1: the table. Its archives: number, partition, manifest, hashes
select r.id, r.leaf, r.archive, r.sha256, r.manifest_sha256 from howdah.retired_partitions r
where r.parent = $1::regclass::text and r.archive is not null
order by r.id
