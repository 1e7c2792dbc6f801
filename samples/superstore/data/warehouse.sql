-- From the same staging table (all columns text) to the warehouse, through its procedures, in the one transaction of the load.
-- Customers: known since their first order.
create temporary table customers on commit drop as
select customer_id, min(customer_name) as name, segment, min(order_date::date)::timestamptz as effective_at, min(row_id::bigint) as version
from staging group by customer_id, segment;
call dw.load_customer('pg_temp.customers', 1);

-- Products: each name is said on the last day that it was sold, so the name sold last stands, in all versions (change: 1).
create temporary table products on commit drop as
select product_id, product_name as name, sub_category, max(order_date::date)::timestamptz as effective_at, max(row_id::bigint) as version
from staging group by product_id, product_name, sub_category;
call dw.load_product('pg_temp.products', 1);

create temporary table sub_categories on commit drop as select distinct sub_category, category from staging;
call dw.load_sub_category('pg_temp.sub_categories', 1);

create temporary table categories on commit drop as select distinct category from staging;
call dw.load_category('pg_temp.categories', 1);

-- Postal codes lost their leading zero in 449 lines.
create temporary table places on commit drop as
select distinct lpad(postal_code, 5, '0') as postal_code, city, state, region, country from staging;
call dw.load_place('pg_temp.places', 1);

create temporary table lines on commit drop as
select row_id, order_id, order_date, ship_date, customer_id, product_id, lpad(postal_code, 5, '0') as postal_code, city, state, ship_mode,
       sales as amount, profit, quantity, discount
from staging;
call dw.load_sales('pg_temp.lines', 1);

call dw.refresh_sales_by_region();
call dw.refresh_sales_by_sub_category();
