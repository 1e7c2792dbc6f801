-- A shop of one firm: no tenants at all. Customers are customers, and one login does everything it was granted.
-- cluster
create role plain_owner nologin;
create role plain_app login;
create role plain_reader login;
-- database
revoke all on schema public from public;
create schema store authorization plain_owner;
alter default privileges for role plain_owner revoke execute on functions from public;
set role plain_owner;
create table store.customers (id bigint generated always as identity primary key, email text not null unique, name text);
create table store.orders (
  id bigint generated always as identity primary key, customer_id bigint not null references store.customers (id),
  placed_on date not null default current_date);
create table store.invoices (
  id bigint generated always as identity primary key, customer_id bigint references store.customers (id),
  order_id bigint references store.orders (id),  total numeric(12,2) not null);
insert into store.customers (email) values ('one@example.org'), ('two@example.org');
insert into store.orders (customer_id) select id from store.customers, generate_series(1, 5);
insert into store.invoices (customer_id, order_id, total) select customer_id, id, 10 from store.orders;
create view store.open_orders as select o.* from store.orders o where not exists (select from store.invoices i where i.order_id = o.id);
grant usage on schema store to plain_app, plain_reader;
grant select, insert, update, delete on store.customers, store.orders, store.invoices to plain_app;
grant select on all sequences in schema store to plain_app;
grant select on store.open_orders, store.customers, store.orders to plain_reader;
reset role;
-- after
revoke all on database {db} from public;
grant connect on database {db} to plain_app, plain_reader;
