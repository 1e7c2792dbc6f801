-- $1: the retirement, $2: its state, $3: rows, $4: digest, $5: archive, $6: its hash, $7: its manifest's hash
update howdah.retired_partitions r
set state = $2, rows = $3, digest = $4, archive = $5, sha256 = $6, manifest_sha256 = $7, retired_at = pg_catalog.clock_timestamp()
where r.id = $1
