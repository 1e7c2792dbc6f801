-- twin: schemas
-- expect: TEN-G05
set role schemas_owner;
create function t_4be1.stamp() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end';
create function t_7f3a.stamp() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end';
create function t_c09d.stamp() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end';
create trigger stamp before insert on t_4be1.orders for each row execute function t_4be1.stamp();
create trigger stamp before insert on t_7f3a.orders for each row execute function t_4be1.stamp();
create trigger stamp before insert on t_c09d.orders for each row execute function t_c09d.stamp();
