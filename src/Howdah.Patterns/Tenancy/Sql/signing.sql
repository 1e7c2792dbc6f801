-- no parameters. A hash of the key of signed contexts, which itself is never read
select pg_catalog.encode(pg_catalog.sha256(inner_key || outer_key), 'hex') from howdah.signing order by 1
