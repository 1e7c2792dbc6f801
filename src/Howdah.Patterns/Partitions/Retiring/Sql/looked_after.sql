-- $1: the table. Notes that it was looked after
insert into howdah.partition_marks as m (parent, upkeep_at) values ($1::regclass::text, pg_catalog.now())
on conflict (parent) do update set upkeep_at = greatest(m.upkeep_at, excluded.upkeep_at)
