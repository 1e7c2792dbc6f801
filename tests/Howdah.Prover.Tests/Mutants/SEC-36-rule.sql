-- twin: schemas
-- expect: SEC-36
create rule stay as on delete to t_4be1.notes do instead nothing;
create rule stay as on delete to t_7f3a.notes do instead nothing;
create rule stay as on delete to t_c09d.notes do instead nothing;
alter table t_4be1.notes disable rule stay;
