-- twin: rows
-- expect: TEN-C03, TEN-E07
grant temporary on database {db} to rows_app;
set role rows_owner;
create procedure shop.tidy() language plpgsql security definer set search_path = shop as 'begin delete from orders where total = 0; end';
grant execute on procedure shop.tidy() to rows_app;
reset role;
