-- twin: members
-- expect: TEN-B17
-- The application may add members, of whatever team, as long as it is the one who is added.
grant insert on work.members to members_app;
drop policy own on work.members;
create policy own on work.members to members_app
  using (user_id = (select nullif(current_setting('app.user_id', true), '')::bigint));
