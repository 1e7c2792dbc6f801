-- twin: rows
-- expect: SEC-26
comment on table shop.countries is 'Filled by the nightly job, https://loader:hunter2hunter2@geo.example/v1';
comment on column shop.customers.name is 'Synced with the CRM; api key: 9f8a7Qw3eRt5Zu1';
comment on schema shop is 'Ask the password of the team lead; the token is rotated by hand.';
