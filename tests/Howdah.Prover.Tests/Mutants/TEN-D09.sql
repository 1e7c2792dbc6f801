-- twin: reports
-- expect: TEN-D09
create view sales.mine as
  select tenant_id, id, total from sales.orders where tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int);
grant select on sales.mine to reports_kiosk;
