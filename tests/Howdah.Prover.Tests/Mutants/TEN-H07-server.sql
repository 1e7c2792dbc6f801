-- twin: database
-- expect: TEN-H07
create extension postgres_fdw;
create server elsewhere foreign data wrapper postgres_fdw options (dbname 'elsewhere');
grant usage on foreign server elsewhere to database_4be1;
