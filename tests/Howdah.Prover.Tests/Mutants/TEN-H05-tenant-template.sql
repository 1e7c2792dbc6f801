-- twin: database
-- expect: TEN-H05
-- server: own
select;
-- apart
create database shop_template template {db} is_template true;
-- apart
revoke all on database shop_template from public;
