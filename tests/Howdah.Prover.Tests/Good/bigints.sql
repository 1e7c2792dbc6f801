-- Invoices told apart by a bigint; a permissive policy for each command, some rows of everybody's that nobody may change, a random key.
-- cluster
create role bigints_owner nologin;
create role bigints_app login;
-- database
revoke all on schema public from public;
create schema bill authorization bigints_owner;
alter default privileges for role bigints_owner revoke execute on functions from public;
set role bigints_owner;
create function bill.org() returns bigint language sql stable set search_path = pg_catalog, pg_temp as
  $$ select nullif(current_setting('bill.org_id', true), '')::bigint $$;
create table bill.orgs (id bigint primary key, label text not null);
create table bill.invoices (
  org_id bigint not null references bill.orgs (id), id uuid primary key default gen_random_uuid(), number int not null,
  total bigint not null, unique (org_id, number), unique (org_id, id));
create table bill.lines (
  org_id bigint not null references bill.orgs (id), invoice_id uuid not null, line int not null, text text not null,
  primary key (org_id, invoice_id, line),
  foreign key (org_id, invoice_id) references bill.invoices (org_id, id) on update cascade on delete cascade);
-- Templates without an org are everybody's to read.
create table bill.templates (id uuid primary key default gen_random_uuid(), org_id bigint references bill.orgs (id), body text not null);
insert into bill.orgs values (101, 'one'), (102, 'two');
insert into bill.invoices (org_id, number, total) select id, n, n * 100 from bill.orgs, generate_series(1, 10) n;
insert into bill.lines select org_id, id, 1, 'line' from bill.invoices;
insert into bill.templates (org_id, body) select id, 'own' from bill.orgs union all select null, 'shared';
alter table bill.invoices enable row level security;
alter table bill.invoices force row level security;
create policy sel on bill.invoices for select to bigints_app using (org_id = (select bill.org()));
create policy ins on bill.invoices for insert to bigints_app with check (org_id = (select bill.org()));
create policy upd on bill.invoices for update to bigints_app using (org_id = (select bill.org()));
create policy del on bill.invoices for delete to bigints_app using (org_id = (select bill.org()));
alter table bill.lines enable row level security;
alter table bill.lines force row level security;
create policy own on bill.lines to bigints_app using (org_id = (select bill.org())) with check (org_id = (select bill.org()));
alter table bill.templates enable row level security;
alter table bill.templates force row level security;
create policy sel on bill.templates for select to bigints_app using (org_id = (select bill.org()) or org_id is null);
create policy ins on bill.templates for insert to bigints_app with check (org_id = (select bill.org()));
create policy upd on bill.templates for update to bigints_app using (org_id = (select bill.org()));
create policy del on bill.templates for delete to bigints_app using (org_id = (select bill.org()));
grant usage on schema bill to bigints_app;
grant execute on function bill.org() to bigints_app;
grant select, insert, update, delete on bill.invoices, bill.lines, bill.templates to bigints_app;
reset role;
-- after
revoke all on database {db} from public;
grant connect on database {db} to bigints_app;
