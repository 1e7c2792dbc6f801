-- $1: names of migrations. How many of them ran at home
select pg_catalog.count(*) from howdah.migrations where name = any ($1) order by 1
