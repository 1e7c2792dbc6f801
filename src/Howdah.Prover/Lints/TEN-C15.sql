-- TEN-C15 residual low
-- title: Notifications are heard by their tenant only
-- how: Nothing is asked: every role may LISTEN to every channel of the database, and it cannot be revoked.
-- live: With --intrusive, where a trigger on new rows of a tenant table sends notifications: listens as a login on the channels its function
--   names, while a row of tenant B with a mark in its text columns is inserted and deleted in one committed transaction; hearing the mark is
--   a break.
-- why: The payload of NOTIFY reaches every session that listens, whatever its tenant.
-- source: https://www.postgresql.org/docs/current/sql-notify.html; reproduced on 15 and 18
select array[current_database()::text] as targets, 'every login may LISTEN to every channel and gets the payload' as evidence,
       '-- Send keys only, never contents, and put a random secret of the tenant into the channel''s name.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
