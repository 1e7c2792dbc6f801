-- twin: bigints
-- expect: TEN-D02
alter table bill.templates alter column org_id drop not null, add copied_from uuid references bill.invoices (id) on delete set null;
