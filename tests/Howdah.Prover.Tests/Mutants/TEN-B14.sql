-- twin: bigints
-- expect: TEN-B14
alter policy sel on bill.invoices using (org_id = (select bill.org()) or org_id = 101);
