-- A home as the contract of tenancy describes it; $ROLE$ is the application's login.
create schema howdah;
create schema shop;
create table howdah.tenants (
  id uuid primary key default gen_random_uuid(), name text not null unique, state text not null default 'active', model text not null default 'rows',
  server text, place text, epoch bigint not null default 1);
create function howdah.locate(tenant uuid)
  returns table (id uuid, state text, model text, server text, database text, place text, role text, epoch bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $f$ select t.id, t.state, t.model, t.server,
    case t.model when 'databases' then t.place else pg_catalog.current_database()::text end, t.place, t.place, t.epoch
    from howdah.tenants t where t.id operator(pg_catalog.=) tenant $f$;
create function howdah.locate_name(tenant text)
  returns table (id uuid, state text, model text, server text, database text, place text, role text, epoch bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $f$ select l.* from howdah.tenants t cross join lateral howdah.locate(t.id) l where t.name operator(pg_catalog.=) tenant $f$;
create function howdah.current_tenant() returns uuid language sql stable parallel safe
  as $f$ select nullif(pg_catalog.current_setting('howdah.tenant', true), '')::uuid $f$;
create function howdah.refuse() returns uuid language plpgsql stable
  as $f$ begin raise exception using errcode = 'HW001', message = 'this tenant is not served here now'; end $f$;
create table shop.orders (tenant_id uuid not null, id bigint not null, total int not null, primary key (tenant_id, id));
alter table shop.orders enable row level security;
alter table shop.orders force row level security;
create policy base on shop.orders using (true) with check (true);
create policy floor on shop.orders as restrictive
  using (tenant_id = (select howdah.current_tenant())) with check (tenant_id = (select howdah.current_tenant()));
create table shop.open (tenant_id uuid not null, id bigint not null, total int not null, primary key (tenant_id, id));
grant usage on schema howdah, shop to "$ROLE$";
grant select, insert, update, delete on shop.orders, shop.open to "$ROLE$";
