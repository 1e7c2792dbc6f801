-- TEN-C16 residual low
-- title: Advisory locks are the tenant's own
-- how: Nothing is asked: every role may take every advisory lock of the database and sees those taken in pg_locks.
-- why: One tenant's session can hold the lock another waits for, and two can signal to each other.
-- source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
select array[current_database()::text] as targets, 'every login may take and see every advisory lock' as evidence,
       '-- Make the key of a lock from the tenant and a secret, and set lock_timeout.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
