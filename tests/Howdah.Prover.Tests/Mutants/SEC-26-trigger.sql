-- twin: rows
-- expect: SEC-26
set role rows_owner;
create function shop.notify() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$ begin return new; end $$;
create trigger told after insert on shop.orders for each row execute function shop.notify('https://bot:s3cr3tw0rd@chat.example/');
