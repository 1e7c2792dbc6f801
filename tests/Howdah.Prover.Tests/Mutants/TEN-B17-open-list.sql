-- twin: bigints
-- expect: TEN-B17
set role bigints_owner;
create table bill.partners (org bigint not null, sees bigint not null);
grant select, insert (org, sees) on bill.partners to bigints_app;
create policy partners on bill.invoices for select to bigints_app
  using (org_id in (select p.sees from bill.partners p where p.org = (select bill.org())));
reset role;
