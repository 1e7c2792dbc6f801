-- What the file holds and nothing else. 778 of 793 customers bought in several states, so a customer is a franchise's customer: every key
-- begins with the tenant, and every foreign key carries it, so no row can point at another franchise's.

create table store.customers (
  tenant_id uuid not null,
  customer_id text not null,
  customer_name text not null,
  segment text not null,
  constraint customers_pkey primary key (tenant_id, customer_id)
);

-- 32 product ids carry two names in the file. Which of the two is right it does not say, so the name belongs to the key.
create table store.products (
  tenant_id uuid not null,
  product_id text not null,
  product_name text not null,
  category text not null,
  sub_category text not null,
  constraint products_pkey primary key (tenant_id, product_id, product_name)
);

create table store.orders (
  tenant_id uuid not null,
  order_id text not null,
  customer_id text not null,
  order_date date not null,
  ship_date date not null,
  ship_mode text not null,
  country text not null,
  region text not null,
  state text not null,
  city text not null,
  postal_code text not null,       -- a text: 449 of them lost their leading zero in the file
  constraint orders_pkey primary key (tenant_id, order_id),
  constraint orders_customer_fkey foreign key (tenant_id, customer_id) references store.customers (tenant_id, customer_id),
  constraint orders_shipped_after_order check (ship_date >= order_date)
);
create index orders_customer_idx on store.orders (tenant_id, customer_id);

-- 8 pairs of order and product stand twice, so a line is known by the file's row number.
create table store.order_lines (
  tenant_id uuid not null,
  row_id integer not null,
  order_id text not null,
  product_id text not null,
  product_name text not null,
  sales numeric not null,          -- exact: 4,001 lines carry fractions of a cent
  quantity integer not null,
  discount numeric not null,
  profit numeric not null,
  constraint order_lines_pkey primary key (tenant_id, row_id),
  constraint order_lines_order_fkey foreign key (tenant_id, order_id) references store.orders (tenant_id, order_id),
  constraint order_lines_product_fkey foreign key (tenant_id, product_id, product_name)
    references store.products (tenant_id, product_id, product_name),
  constraint order_lines_quantity_positive check (quantity > 0),
  constraint order_lines_discount_share check (discount between 0 and 1)
);
create index order_lines_order_idx on store.order_lines (tenant_id, order_id);
create index order_lines_product_idx on store.order_lines (tenant_id, product_id, product_name);
