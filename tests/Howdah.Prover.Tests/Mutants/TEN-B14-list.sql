-- twin: inherited
-- expect: TEN-B14
create policy demo on docs.letters for select to inherited_app using (workspace_id in (1, 7));
