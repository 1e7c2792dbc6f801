-- twin: schemas
-- expect: TEN-G13
set role schemas_owner;
create view shared.counts as
  select (select count(*) from t_4be1.orders) + (select count(*) from t_7f3a.orders) + (select count(*) from t_c09d.orders) as orders;
grant select on shared.counts to schemas_4be1;
