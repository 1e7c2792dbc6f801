-- twin: rows
-- expect: TEN-C14
alter role rows_report replication;
create publication everything for table shop.orders, shop.customers;
-- undo
alter role rows_report noreplication;
