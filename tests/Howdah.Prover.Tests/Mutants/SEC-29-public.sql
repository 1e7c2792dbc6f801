-- twin: rows
-- expect: SEC-29
create extension postgres_fdw;
create server elsewhere foreign data wrapper postgres_fdw options (dbname 'elsewhere');
create user mapping for public server elsewhere options (user 'robot', password 'x');
