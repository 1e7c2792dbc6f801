-- $1: names. Versions of extensions that the server has installed
select v.name, v.version from pg_catalog.pg_available_extension_versions v where v.name = any($1) order by 1, 2
