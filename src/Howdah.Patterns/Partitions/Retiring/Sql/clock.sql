-- $1: the table. The server's clock, and when it said that the table was last looked after
select pg_catalog.clock_timestamp(), (select m.upkeep_at from howdah.partition_marks m where m.parent = $1::regclass::text)
order by 1
