-- twin: bigints
-- expect: TEN-B08
drop policy upd on bill.templates;
create policy upd on bill.templates for update to bigints_app using (org_id = (select bill.org()) or org_id is null);
