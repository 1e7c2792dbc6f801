-- no parameters; one row: whether databases made ahead are written down
select pg_catalog.to_regclass('howdah.tenant_spares') is not null order by 1
