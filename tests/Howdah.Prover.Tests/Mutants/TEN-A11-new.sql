-- twin: rows
-- expect: TEN-A11
set role rows_owner;
create table shop.notes (tenant_id uuid not null references shop.tenants (id), n int not null, body text, primary key (tenant_id, n));
grant select, insert on shop.notes to rows_app;
reset role;
