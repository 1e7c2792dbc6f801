-- no parameters; one row: whether the table of loads is there
select pg_catalog.to_regclass('howdah.loads') is not null order by 1
