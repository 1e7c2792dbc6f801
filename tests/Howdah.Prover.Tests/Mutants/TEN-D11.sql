-- twin: rows
-- expect: TEN-D11
set role rows_owner;
create table shop.audit (at timestamptz not null default now(), what text not null);
create function shop.audit() returns trigger language plpgsql security definer
  as 'begin insert into audit (what) values (new.note); return new; end';
create trigger audit before insert on shop.orders for each row execute function shop.audit();
reset role;
