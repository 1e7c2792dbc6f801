-- twin: database
-- expect: SEC-09, SEC-40
create role sec09_team login;
grant connect on database {db} to sec09_team;
create schema tools authorization sec09_team;
alter database {db} set search_path = "$user", tools, pg_temp;
-- undo
drop role sec09_team;
