-- twin: inherited
-- expect: TEN-B21
alter policy own on docs.letters using (workspace_id::text ~ (select nullif(current_setting('app.workspace', true), '')));
