-- twin: rows
-- expect: TEN-D01
alter table shop.customers add constraint one_name exclude using btree (email with =);
