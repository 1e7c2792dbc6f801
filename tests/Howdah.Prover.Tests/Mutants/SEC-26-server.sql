-- twin: rows
-- expect: SEC-26, TEN-H07
create extension postgres_fdw;
create foreign data wrapper secrets;
create server legacy foreign data wrapper secrets options (password 'geheimnis', host 'legacy');
grant usage on foreign server legacy to rows_report;
