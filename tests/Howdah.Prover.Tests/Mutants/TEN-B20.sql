-- twin: bigints
-- expect: TEN-B20
alter policy ins on bill.invoices with check (true);
