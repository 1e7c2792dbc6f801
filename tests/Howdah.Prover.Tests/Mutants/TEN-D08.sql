-- twin: rows
-- expect: TEN-D08
create function shop.is_big(total numeric) returns boolean language plpgsql immutable leakproof cost 0.1
  as 'begin raise notice ''%'', total; return true; end';
grant execute on function shop.is_big(numeric) to rows_report;
