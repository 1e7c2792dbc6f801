-- twin: bigints
-- expect: TEN-B20
-- A restrictive policy that holds reading only.
create policy floor on bill.lines as restrictive using (org_id = (select bill.org())) with check (true);
alter policy own on bill.lines with check (true);
