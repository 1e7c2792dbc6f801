-- twin: bigints
-- expect: TEN-D02
alter table bill.lines drop constraint lines_org_id_invoice_id_fkey;
alter table bill.lines add foreign key (invoice_id) references bill.invoices (id) on delete cascade;
