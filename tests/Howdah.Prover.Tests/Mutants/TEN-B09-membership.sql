-- twin: members
-- expect: TEN-B09
-- Meant as: members of the row's team. Says: whoever is a member of any.
drop policy own on work.tasks;
create policy own on work.tasks to members_app using (exists (
  select from work.members m where m.user_id = (select nullif(current_setting('app.user_id', true), '')::bigint)));
