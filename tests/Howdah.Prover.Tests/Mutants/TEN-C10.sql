-- twin: rows
-- expect: TEN-C10
set role rows_owner;
create table shop.journal (at timestamptz not null default now(), what text not null);
create rule copying as on insert to shop.orders do also insert into shop.journal (what) values (new.note);
grant select on shop.journal to rows_report;
reset role;
