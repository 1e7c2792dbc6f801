-- twin: rows
-- expect: TEN-D11
create function shop.stamp() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as 'begin new.note := upper(new.note); return new; end';
alter function shop.stamp() owner to rows_app;
create trigger stamp before insert on shop.orders for each row execute function shop.stamp();
