-- twin: database
-- expect: TEN-H07
-- server: own
-- logins: database_4be1
create role h07_far login password 'far';
create extension postgres_fdw;
-- apart
create database neighbor template twin_database;
-- apart
revoke all on database neighbor from public;
grant connect on database neighbor to h07_far;
-- apart
-- in neighbor
grant usage on schema shop to h07_far;
grant select on shop.customers to h07_far;
-- apart
do $$ begin
  execute format('create server near foreign data wrapper postgres_fdw options (host ''127.0.0.1'', port %L, dbname ''neighbor'')',
    current_setting('port'));
end $$;
create user mapping for database_4be1 server near options (user 'h07_far', password 'far');
create foreign table shop.customers_near (id bigint, email text) server near options (schema_name 'shop', table_name 'customers');
grant select on shop.customers_near to database_4be1;
