-- no parameters; one row: whether the table of applied migrations is there
select pg_catalog.to_regclass('howdah.migrations') is not null order by 1
