-- twin: rows
-- expect: SEC-32
create role sec32_app login password 'md5c5c9bc1ef06b8bd64dde1c2e1a4dfe1a';
grant connect on database {db} to sec32_app;
-- undo
drop role sec32_app;
