-- From the staging table (all columns text, named by the file's header) to the retailer's tables. One tenant for each state.
create temporary table tenant on commit drop as
select state, howdah.register_tenant(state) as id from (select distinct state from staging order by state) states;

insert into store.customers (tenant_id, customer_id, customer_name, segment)
select distinct t.id, s.customer_id, s.customer_name, s.segment
from staging s join tenant t using (state);

insert into store.products (tenant_id, product_id, product_name, category, sub_category)
select distinct t.id, s.product_id, s.product_name, s.category, s.sub_category
from staging s join tenant t using (state);

insert into store.orders (tenant_id, order_id, customer_id, order_date, ship_date, ship_mode, country, region, state, city, postal_code)
select distinct t.id, s.order_id, s.customer_id, s.order_date::date, s.ship_date::date, s.ship_mode,
       s.country, s.region, s.state, s.city, lpad(s.postal_code, 5, '0')
from staging s join tenant t using (state);

insert into store.order_lines (tenant_id, row_id, order_id, product_id, product_name, sales, quantity, discount, profit)
select t.id, s.row_id::integer, s.order_id, s.product_id, s.product_name, s.sales::numeric, s.quantity::integer, s.discount::numeric, s.profit::numeric
from staging s join tenant t using (state);
