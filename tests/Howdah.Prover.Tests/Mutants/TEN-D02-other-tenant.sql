-- twin: bigints
-- expect: TEN-D02
-- The foreign key has a tenant in it, but one that the row may choose.
alter table bill.lines add other_org bigint;
alter table bill.lines drop constraint lines_org_id_invoice_id_fkey;
alter table bill.lines add foreign key (other_org, invoice_id) references bill.invoices (org_id, id);
