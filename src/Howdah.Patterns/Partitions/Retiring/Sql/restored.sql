-- $1: the retirement, $2: its state. Notes that its rows are there again; retired stays what is not in its table
update howdah.retired_partitions r set state = $2, restored_at = pg_catalog.clock_timestamp() where r.id = $1
