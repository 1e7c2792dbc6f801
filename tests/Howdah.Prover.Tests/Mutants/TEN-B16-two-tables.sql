-- twin: members
-- expect: TEN-B16
create policy of_team on work.members for select to members_app using (team_id in (select t.id from work.teams t));
