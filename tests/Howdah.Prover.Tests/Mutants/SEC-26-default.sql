-- twin: rows
-- expect: SEC-26
alter table shop.customers add column webhook text default 'https://hooks.example/T0K3N';
alter table shop.customers alter column webhook set default 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';
