-- twin: bigints
-- expect: TEN-B08
set role bigints_owner;
create table bill.remarks (id uuid primary key default gen_random_uuid(), org_id bigint references bill.orgs (id), body text);
alter table bill.remarks enable row level security;
alter table bill.remarks force row level security;
create policy own on bill.remarks to bigints_app using (org_id = (select bill.org()));
grant select, insert on bill.remarks to bigints_app;
reset role;
