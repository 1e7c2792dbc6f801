-- twin: schemas
-- expect: TEN-G13
set role schemas_owner;
create view shared.all_customers as
  select '4be1' as tenant, id, email from t_4be1.customers union all select '7f3a', id, email from t_7f3a.customers;
grant select on shared.all_customers to schemas_7f3a;
