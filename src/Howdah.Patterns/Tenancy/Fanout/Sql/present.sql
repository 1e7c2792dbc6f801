-- no parameters; one row: whether versions of places are known and home has migrations
select pg_catalog.to_regclass('howdah.tenant_versions') is not null and pg_catalog.to_regclass('howdah.migrations') is not null
order by 1
