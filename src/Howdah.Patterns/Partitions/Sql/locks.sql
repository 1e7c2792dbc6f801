-- no parameters. For how many locks the server has room: all transactions share it
select pg_catalog.current_setting('max_locks_per_transaction')::int8
  * (pg_catalog.current_setting('max_connections')::int8 + pg_catalog.current_setting('max_prepared_transactions')::int8)
order by 1
