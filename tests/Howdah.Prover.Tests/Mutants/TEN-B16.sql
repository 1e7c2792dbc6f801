-- twin: members
-- expect: TEN-B16
-- Whoever is in a team sees its members: the usual way to recursion.
create policy mates on work.members for select to members_app using (team_id in (
  select m.team_id from work.members m where m.user_id = (select nullif(current_setting('app.user_id', true), '')::bigint)));
