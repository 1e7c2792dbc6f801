-- twin: database
-- expect: TEN-H07
-- server: own
-- logins: database_4be1
create role h07_far login password 'far';
create extension dblink schema shop; revoke execute on all functions in schema shop from public;
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
create role h07_reports nologin;
grant h07_reports to database_4be1;
create user mapping for h07_reports server near options (user 'h07_far', password 'far');
grant usage on foreign server near to h07_reports;
grant usage on schema shop to h07_reports;
grant execute on function shop.dblink(text, text) to h07_reports;
