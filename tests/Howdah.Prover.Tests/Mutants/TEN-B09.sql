-- twin: bigints
-- expect: TEN-B09
create policy support on bill.invoices for select using ((select current_setting('bill.support', true)) = 'on');
