-- twin: members
-- expect: TEN-B16
create view work.mine with (security_invoker = true) as select team_id from work.members;
grant select on work.mine to members_app;
create policy mates on work.members for select to members_app using (team_id in (select m.team_id from work.mine m));
