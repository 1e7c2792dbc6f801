-- twin: bigints
-- expect: TEN-B18
create policy support on bill.invoices for select to bigints_app using (true);
