-- The Superstore's roles and database, written by hand as an administrator would who never heard of Howdah. Run by psql as a superuser.
CREATE ROLE store_owner NOLOGIN;
CREATE ROLE store_app LOGIN PASSWORD 'written by hand';
ALTER ROLE store_app SET search_path TO store;
CREATE ROLE store_backup NOLOGIN BYPASSRLS;
CREATE ROLE analyst LOGIN PASSWORD 'written by hand';

CREATE DATABASE store OWNER store_owner TEMPLATE template0;
REVOKE ALL ON DATABASE store FROM PUBLIC;
GRANT CONNECT ON DATABASE store TO analyst, store_app;
